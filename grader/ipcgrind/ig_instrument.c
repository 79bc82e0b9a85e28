/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adds the access filter and the calls behind it to the program's code. */
#include "ig_instrument.h"

#include "ig_access.h"
#include "ig_handler.h"
#include "ig_object.h"
#include "ig_stack.h"
#include "pub_tool_libcassert.h" // tl_assert()
#include "pub_tool_machine.h"    // VG_(fnptr_to_fnentry)()

static IRExpr *add(IRSB *out, IRType type, IRExpr *e)
{
    IRTemp t = newIRTemp(out->tyenv, type);
    addStmtToIRSB(out, IRStmt_WrTmp(t, e));
    return IRExpr_RdTmp(t);
}

static IRExpr *word(ULong value)
{
    return IRExpr_Const(IRConst_U64(value));
}

/* May @address be shared? One load and one comparison. */
static IRExpr *filter(IRSB *out, IRExpr *address)
{
    IRExpr *mib = add(out, Ity_I64,
                      IRExpr_Binop(Iop_Shr64, address, IRExpr_Const(IRConst_U8(IG_FILTER_SHIFT))));
    IRExpr *slot = add(out, Ity_I64, IRExpr_Binop(Iop_And64, mib, word(IG_FILTER_SIZE - 1)));
    IRExpr *at = add(out, Ity_I64, IRExpr_Binop(Iop_Add64, slot, word((ULong)(Addr)ig_filter)));
    IRExpr *byte = add(out, Ity_I8, IRExpr_Load(Iend_LE, Ity_I8, at));
    return add(out, Ity_I1, IRExpr_Binop(Iop_CmpNE8, byte, IRExpr_Const(IRConst_U8(0))));
}

typedef VG_REGPARM(2) void (*ig_helper)(Addr, SizeT);

static void call(IRSB *out, const HChar *name, ig_helper fn, IRExpr *address, Int size,
                 IRExpr *guard)
{
    IRDirty *di = unsafeIRDirty_0_N(2, name, VG_(fnptr_to_fnentry)((void *)fn),
                                    mkIRExprVec_2(address, word((ULong)size)));
    if (guard)
        di->guard = guard;
    addStmtToIRSB(out, IRStmt_Dirty(di));
}

/* @guard is the condition of the access itself, NULL when there is none. */
static void access(IRSB *out, IRExpr *address, Int size, Bool write, IRExpr *guard)
{
    IRExpr *shared = filter(out, address);
    if (guard) {
        IRExpr *a = add(out, Ity_I32, IRExpr_Unop(Iop_1Uto32, shared));
        IRExpr *b = add(out, Ity_I32, IRExpr_Unop(Iop_1Uto32, guard));
        IRExpr *both = add(out, Ity_I32, IRExpr_Binop(Iop_And32, a, b));
        shared = add(out, Ity_I1, IRExpr_Unop(Iop_32to1, both));
    }
    if (write)
        call(out, "ig_store", ig_store, address, size, shared);
    else
        call(out, "ig_load", ig_load, address, size, shared);
}

static Bool same_atom(const IRExpr *a, const IRExpr *b)
{
    if (a->tag == Iex_RdTmp && b->tag == Iex_RdTmp)
        return a->Iex.RdTmp.tmp == b->Iex.RdTmp.tmp;
    return a->tag == Iex_Const && b->tag == Iex_Const &&
           a->Iex.Const.con->Ico.U64 == b->Iex.Const.con->Ico.U64;
}

/* A locked operation is a load and a CAS of one instruction: the load is part of the CAS. */
static Bool part_of_cas(const IRSB *in, Int at, const IRExpr *address)
{
    for (Int i = at + 1; i < in->stmts_used && in->stmts[i]->tag != Ist_IMark; i++)
        if (in->stmts[i]->tag == Ist_CAS && same_atom(in->stmts[i]->Ist.CAS.details->addr, address))
            return True;
    return False;
}

static Int size_of(const IRSB *in, const IRExpr *e)
{
    return sizeofIRType(typeOfIRExpr(in->tyenv, e));
}

static void cas(IRSB *out, IRStmt *st)
{
    const IRCAS *c = st->Ist.CAS.details;
    Int size = size_of(out, c->dataLo) * (c->dataHi ? 2 : 1);
    call(out, "ig_atomic_before", ig_atomic_before, c->addr, size, NULL);
    addStmtToIRSB(out, st);
    call(out, "ig_atomic_after", ig_atomic_after, c->addr, size, NULL);
}

static void dirty(IRSB *out, const IRDirty *di)
{
    if (di->mFx == Ifx_None)
        return;
    IRExpr *guard = di->guard->tag == Iex_Const ? NULL : di->guard;
    if (di->mFx != Ifx_Write)
        access(out, di->mAddr, di->mSize, False, guard);
    if (di->mFx != Ifx_Read)
        access(out, di->mAddr, di->mSize, True, guard);
}

/* Size of what a conditional load reads. */
static Int loadg_size(const IRLoadG *lg)
{
    IRType wide;
    IRType loaded;
    typeOfIRLoadGOp(lg->cvt, &wide, &loaded);
    return sizeofIRType(loaded);
}

static void statement(IRSB *out, const IRSB *in, Int i)
{
    IRStmt *st = in->stmts[i];
    const IRExpr *data;
    switch (st->tag) {
    case Ist_WrTmp:
        data = st->Ist.WrTmp.data;
        if (data->tag == Iex_Load && !part_of_cas(in, i, data->Iex.Load.addr))
            access(out, data->Iex.Load.addr, sizeofIRType(data->Iex.Load.ty), False, NULL);
        break;
    case Ist_Store:
        access(out, st->Ist.Store.addr, size_of(in, st->Ist.Store.data), True, NULL);
        break;
    case Ist_LoadG:
        access(out, st->Ist.LoadG.details->addr, loadg_size(st->Ist.LoadG.details), False,
               st->Ist.LoadG.details->guard);
        break;
    case Ist_StoreG:
        access(out, st->Ist.StoreG.details->addr, size_of(in, st->Ist.StoreG.details->data), True,
               st->Ist.StoreG.details->guard);
        break;
    case Ist_Dirty:
        dirty(out, st->Ist.Dirty.details);
        break;
    case Ist_CAS:
        cas(out, st);
        return;
    default:
        break;
    }
    addStmtToIRSB(out, st);
}

/* The code calls, returns or jumps here, so the frames of the caller may be others. */
static void count_call(IRSB *out)
{
    IRExpr *at = word((ULong)(Addr)&ig_calls);
    IRExpr *old = add(out, Ity_I64, IRExpr_Load(Iend_LE, Ity_I64, at));
    IRExpr *new = add(out, Ity_I64, IRExpr_Binop(Iop_Add64, old, word(1)));
    addStmtToIRSB(out, IRStmt_Store(Iend_LE, at, new));
}

IRSB *ig_instrument(VgCallbackClosure *closure, IRSB *in, const VexGuestLayout *layout,
                    const VexGuestExtents *extents, const VexArchInfo *arch, IRType guest_word,
                    IRType host_word)
{
    IRSB *out = deepCopyIRSBExceptStmts(in);
    Int i = 0;
    Addr first = 0;
    Addr next = 0;
    tl_assert(guest_word == Ity_I64 && host_word == Ity_I64);
    for (; i < in->stmts_used && in->stmts[i]->tag != Ist_IMark; i++)
        addStmtToIRSB(out, in->stmts[i]);
    UWord unsafe = ig_unsafe_function(extents->base[0]);
    if (unsafe) {
        IRDirty *di = unsafeIRDirty_0_N(1, "ig_unsafe_entered",
                                        VG_(fnptr_to_fnentry)((void *)ig_unsafe_entered),
                                        mkIRExprVec_1(word(unsafe)));
        addStmtToIRSB(out, IRStmt_Dirty(di));
    }
    for (; i < in->stmts_used; i++) {
        const IRStmt *st = in->stmts[i];
        if (st->tag == Ist_IMark) {
            /* a block may go on behind a call; back to its begin it goes as an unrolled loop */
            if (!first)
                first = st->Ist.IMark.addr;
            else if (next != st->Ist.IMark.addr && first != st->Ist.IMark.addr)
                count_call(out);
            next = st->Ist.IMark.addr + st->Ist.IMark.len;
        }
        if (st->tag != Ist_NoOp)
            statement(out, in, i);
    }
    if (in->jumpkind != Ijk_Boring)
        count_call(out);
    return out;
}
