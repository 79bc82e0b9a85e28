-- SPDX-License-Identifier: MIT
-- Pictures from a few lines of text, as SVG. Two kinds:
--
-- boxes: who holds what, who is connected with whom. The canvas is WIDE x HIGH.
--     size 1160 420
--     box NAME X Y W H KIND | line / second line      (KIND: proc kernel mem ghost bad; " / " parts lines)
--     arrow FROM TO KIND | label                      (KIND: flow wait back none bad)
--     text X Y KIND | words                           (KIND: plain small bad mono)
--   An arrow joins the borders of two boxes; FROM:N or TO:S fixes the side (N E S W).
--
-- seq: time runs down, one column a process. Each line is one moment.
--     lanes first | second | third
--     1 words           the first column does something
--     1>2 words         it sends something to the second
--     1~ words          it waits from here until it next does something
--     - words           a remark across the picture
--   A leading ! marks what goes wrong.
local draw = {}

local style = [[<style>
.proc{fill:#e3ecf9;stroke:#2f5597}.kernel{fill:#fff0cf;stroke:#96690a}.mem{fill:#e3f3e4;stroke:#2d6a31}
.ghost{fill:#fff;stroke:#777;stroke-dasharray:7 5}.bad{fill:#fbe3e0;stroke:#a32217}
.b{stroke-width:2.5}.flow,.back,.wait,.none,.badline{fill:none;stroke:#222;stroke-width:3}
.back{stroke-dasharray:4 5}.wait{stroke-dasharray:12 7;stroke:#a32217}.badline{stroke:#a32217;stroke-width:4}
.t{fill:#111;text-anchor:middle;font-family:"DejaVu Sans",Verdana,sans-serif;font-size:24px}
.small{font-size:21px}.red{fill:#a32217}.mono{font-family:"DejaVu Sans Mono",monospace;font-size:22px}
.halo{paint-order:stroke;stroke:#fff;stroke-width:8px;stroke-linejoin:round}
.lane{stroke:#9aa7b8;stroke-width:3}.bar{fill:#fbe3e0;stroke:#a32217;stroke-dasharray:7 5;stroke-width:2}
</style>]]

local serial = 0

-- About how wide a character is, in the two sizes; a text must fit where it stands.
local LARGE, SMALL = 13.6, 11.6

local function fits(text, width, size)
    return (utf8.len(text) or #text) * size <= width - 8
end

local function escape(s)
    return (s:gsub('&', '&amp;'):gsub('<', '&lt;'):gsub('>', '&gt;'))
end

local function trim(s) return (s:gsub('^%s+', ''):gsub('%s+$', '')) end

local function split(s, sep)
    local parts = {}
    for part in (s .. sep):gmatch('(.-)' .. sep:gsub('%p', '%%%0')) do
        parts[#parts + 1] = trim(part)
    end
    return parts
end

local function frame(wide, high, title, body)
    serial = serial + 1
    local ends = ''
    for _, m in ipairs { { 'a', '#222' }, { 'r', '#a32217' } } do
        ends = ends .. string.format('<marker id="%s%d" viewBox="0 0 10 10" refX="9" refY="5" ' ..
            'markerWidth="18" markerHeight="18" markerUnits="userSpaceOnUse" orient="auto">' ..
            '<path d="M0 0 10 5 0 10z" fill="%s"/></marker>', m[1], serial, m[2])
    end
    return string.format('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" ' ..
        'height="%d" role="img"><title>%s</title>%s<defs>%s</defs>\n%s</svg>',
        wide, high, wide, high, escape(title), style, ends, body:gsub('url%(#([ar])%)',
            function(k) return 'url(#' .. k .. serial .. ')' end))
end

local function label(x, y, class, words)
    return string.format('<text class="t %s" x="%.0f" y="%.0f">%s</text>\n', class, x, y, escape(words))
end

local function box_svg(b)
    local round = b.kind == 'kernel' and math.min(b.h, b.w) / 2.6 or 8
    local out = string.format('<rect class="b %s" x="%d" y="%d" width="%d" height="%d" rx="%.0f"/>\n',
        b.kind, b.x, b.y, b.w, b.h, round)
    local lines = split(b.words, ' / ')
    for i, line in ipairs(lines) do
        if not fits(line, b.w, i > 1 and SMALL or LARGE) then
            return nil, 'too long for its box: ' .. line
        end
        local y = b.y + b.h / 2 + 8 + (i - (#lines + 1) / 2) * 28
        out = out .. label(b.x + b.w / 2, y, i > 1 and 'small' or '', line)
    end
    return out
end

-- Where the line from the middle of @b towards (x, y) leaves it; or the middle of a side.
local function border(b, side, x, y)
    local cx, cy = b.x + b.w / 2, b.y + b.h / 2
    if side == 'N' then return cx, b.y end
    if side == 'S' then return cx, b.y + b.h end
    if side == 'W' then return b.x, cy end
    if side == 'E' then return b.x + b.w, cy end
    local dx, dy = x - cx, y - cy
    local scale = math.min(dx ~= 0 and b.w / 2 / math.abs(dx) or math.huge,
        dy ~= 0 and b.h / 2 / math.abs(dy) or math.huge)
    return cx + dx * scale, cy + dy * scale
end

local function arrow_svg(a, from, to)
    local x1, y1 = border(from, a.side1, to.x + to.w / 2, to.y + to.h / 2)
    local x2, y2 = border(to, a.side2, from.x + from.w / 2, from.y + from.h / 2)
    local class = a.kind == 'bad' and 'badline' or a.kind
    local tip = a.kind == 'none' and '' or
        string.format(' marker-end="url(#%s)"', (a.kind == 'bad' or a.kind == 'wait') and 'r' or 'a')
    local out = string.format('<path class="%s" d="M%.0f %.0fL%.0f %.0f"%s/>\n', class, x1, y1, x2, y2, tip)
    if a.words ~= '' then
        local flat = math.abs(y2 - y1) < 30
        local red = (a.kind == 'bad' or a.kind == 'wait') and ' red' or ''
        -- Nearer to its beginning when slanted, as slanted arrows cross in the middle.
        local t = flat and 0.5 or 0.36
        out = out .. label(x1 + (x2 - x1) * t, y1 + (y2 - y1) * t + (flat and -12 or 8), 'small halo' .. red,
            a.words)
    end
    return out
end

function draw.boxes(text, title)
    local wide, high, boxes, shapes, lines = 1160, 420, {}, '', ''
    for line in text:gmatch('[^\n]+') do
        local what, words = line:match('^([^|]*)|?(.*)$')
        local w = {}
        for word in what:gmatch('%S+') do w[#w + 1] = word end
        words = trim(words)
        if w[1] == 'size' then
            wide, high = tonumber(w[2]), tonumber(w[3])
        elseif w[1] == 'box' and #w == 7 then
            local b = { x = tonumber(w[3]), y = tonumber(w[4]), w = tonumber(w[5]), h = tonumber(w[6]),
                kind = w[7], words = words }
            local svg, why = box_svg(b)
            if not svg then return nil, why end
            boxes[w[2]] = b
            shapes = shapes .. svg
        elseif w[1] == 'arrow' and #w == 4 then
            local from, side1 = w[2]:match('^([^:]+):?(%a?)$')
            local to, side2 = w[3]:match('^([^:]+):?(%a?)$')
            if not boxes[from] or not boxes[to] then
                return nil, 'arrow between unknown boxes: ' .. line
            end
            lines = lines .. arrow_svg({ side1 = side1, side2 = side2, kind = w[4], words = words },
                boxes[from], boxes[to])
        elseif w[1] == 'text' and #w == 4 then
            local class = w[4] == 'bad' and 'small red' or w[4]
            local x, half = tonumber(w[2]), (utf8.len(words) or #words) * (w[4] == 'plain' and LARGE or SMALL) / 2
            if x - half < 0 or x + half > wide then return nil, 'text leaves the picture: ' .. words end
            shapes = shapes .. label(tonumber(w[2]), tonumber(w[3]), class, words)
        else
            return nil, 'not a line of a boxes picture: ' .. line
        end
    end
    return frame(wide, high, title, shapes .. lines)
end

local function moment(line)
    local bad = line:match('^!') and true or false
    line = line:gsub('^!', '')
    local from, to, words = line:match('^(%d)>(%d)%s*(.*)$')
    if from then return { kind = 'send', at = tonumber(from), to = tonumber(to), words = words, bad = bad } end
    local at, rest = line:match('^(%d)~%s*(.*)$')
    if at then return { kind = 'wait', at = tonumber(at), words = rest, bad = bad } end
    at, rest = line:match('^(%d)%s+(.*)$')
    if at then return { kind = 'act', at = tonumber(at), words = rest, bad = bad } end
    rest = line:match('^%-%s*(.*)$')
    if rest then return { kind = 'remark', words = rest, bad = bad } end
    return nil
end

local function event_svg(e, x, y, width)
    local class = e.kind == 'wait' and 'ghost' or e.bad and 'bad' or 'proc'
    local w = math.min(width - 6, (utf8.len(e.words) or #e.words) * SMALL + 34)
    return string.format('<rect class="b %s" x="%.0f" y="%.0f" width="%.0f" height="38" rx="6"/>\n',
        class, x - w / 2, y - 19, w) ..
        label(x, y + 8, 'small' .. ((e.bad or e.kind == 'wait') and ' red' or ''), e.words)
end

function draw.seq(text, title)
    local lanes, events = nil, {}
    for line in text:gmatch('[^\n]+') do
        local names = line:match('^lanes%s+(.*)$')
        if names then
            lanes = split(names, '|')
        else
            local e = moment(line)
            if not e then return nil, 'not a line of a seq picture: ' .. line end
            events[#events + 1] = e
        end
    end
    if not lanes then return nil, 'a seq picture needs a line "lanes A | B"' end
    local step, wide = 50, 1160
    local width, high = wide / #lanes, 60 + step * #events + 12
    local function x_of(i) return (i - 0.5) * width end
    local back, front = '', ''
    for i, name in ipairs(lanes) do
        back = back .. string.format('<rect class="b kernel" style="fill:#f4f7fb;stroke:#2f5597" x="%.0f" ' ..
            'y="4" width="%.0f" height="40" rx="4"/>\n', x_of(i) - width / 2 + 12, width - 24) ..
            label(x_of(i), 32, '', name) ..
            string.format('<path class="lane" d="M%.0f 44V%d"/>\n', x_of(i), high)
    end
    for k, e in ipairs(events) do
        local y = 60 + step * (k - 0.5)
        if (e.at and not lanes[e.at]) or (e.to and not lanes[e.to]) then
            return nil, 'no such lane: ' .. e.words
        end
        local room = e.kind == 'remark' and wide or e.kind == 'send' and math.abs(e.at - e.to) * width - 20 or width
        if not fits(e.words, room, e.kind == 'remark' and LARGE or SMALL) then
            return nil, 'too long for its lane: ' .. e.words
        end
        if e.kind == 'remark' then
            local w = (utf8.len(e.words) or #e.words) * LARGE + 16
            front = front .. string.format('<rect fill="#fff" x="%.0f" y="%.0f" width="%.0f" height="38"/>',
                wide / 2 - w / 2, y - 19, w) .. label(wide / 2, y + 8, '' .. (e.bad and ' red' or ''), e.words)
        elseif e.kind == 'send' then
            local x1, x2 = x_of(e.at), x_of(e.to)
            front = front .. string.format('<path class="%s" d="M%.0f %.0fL%.0f %.0f" marker-end="url(#%s)"/>\n',
                e.bad and 'badline' or 'flow', x1, y + 14, x2, y + 14, e.bad and 'r' or 'a') ..
                label((x1 + x2) / 2, y + 4, 'small halo' .. (e.bad and ' red' or ''), e.words)
        else
            if e.kind == 'wait' then
                local last = high
                for j = k + 1, #events do
                    if events[j].at == e.at or events[j].to == e.at then
                        last = 60 + step * (j - 0.5) + (events[j].to == e.at and 14 or -19)
                        break
                    end
                end
                back = back .. string.format('<rect class="bar" x="%.0f" y="%.0f" width="20" height="%.0f"/>\n',
                    x_of(e.at) - 10, y, last - y)
            end
            front = front .. event_svg(e, x_of(e.at), y, width)
        end
    end
    return frame(wide, high, title, back .. front)
end

return draw
