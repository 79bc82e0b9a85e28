-- SPDX-License-Identifier: MIT
-- The pandoc filter of the slides. It
--   - puts code in by marker: ```{.c include="eof.c" marker="close"}
--     takes what stands between `/* slide close */` and `/* end close */` in
--     examples/eof.c; without a marker the whole file; made/x is build/slides/made/x;
--   - draws ```{.boxes} and ```{.seq} (draw.lua);
--   - holds each deck to the rules: at most 30 slides, each with notes, code that can be
--     read from the back row, a question every few slides with its answer in the notes.
-- A breach ends the build with one line that names the deck.
local here = pandoc.path.directory(PANDOC_SCRIPT_FILE)
local draw = dofile(pandoc.path.join { here, 'draw.lua' })
local slides_dir = pandoc.path.directory(here)
local made_dir = os.getenv('DECK_MADE') or 'build/slides/made'
local deck = PANDOC_STATE.input_files[1] or 'deck'

local MAX_SLIDES, MAX_COLUMNS, MAX_LINES, QUESTION_EVERY = 30, 64, 17, 8
local slide = 'the title'

local function fail(why)
    io.stderr:write(string.format('slides: %s: %s (slide "%s")\n', deck, why, slide))
    os.exit(1)
end

local function columns(line)
    return utf8.len(line) or #line
end

local function check_size(text, what, small)
    local n = 0
    for line in (text .. '\n'):gmatch('(.-)\n') do
        n = n + 1
        if columns(line) > MAX_COLUMNS then
            fail(what .. ' has a line of ' .. columns(line) .. ' columns, ' .. MAX_COLUMNS .. ' fit: ' .. line)
        end
    end
    local most = small and MAX_LINES + 3 or MAX_LINES
    if n > most then fail(what .. ' has ' .. n .. ' lines, ' .. most .. ' fit on a slide') end
end

local function path_of(name)
    local made = name:match('^made/(.*)$')
    if made then return pandoc.path.join { made_dir, made } end
    if name:match('%.%.') or name:match('^/') then fail('include="' .. name .. '" leaves slides/examples') end
    return pandoc.path.join { slides_dir, 'examples', name }
end

local function lines_of(name)
    local path = path_of(name)
    local file = io.open(path, 'r')
    if not file then fail('no file ' .. path) end
    local lines = {}
    for line in file:lines() do lines[#lines + 1] = line end
    file:close()
    return lines, path
end

-- The lines between the two marks, without the blanks that all of them begin with.
local function marked(lines, path, marker)
    local taken, inside, done = {}, false, false
    for _, line in ipairs(lines) do
        local open, name = line:match('^%s*/%* (%a+) ([%w_-]+) %*/%s*$')
        if open == 'slide' and name == marker then
            inside = true
        elseif open == 'end' and name == marker then
            done = inside
            inside = false
        elseif inside and not (open == 'slide' or open == 'end') then
            taken[#taken + 1] = line
        end
    end
    if #taken == 0 then fail('no marker "' .. marker .. '" in ' .. path) end
    if not done then fail('marker "' .. marker .. '" has no end in ' .. path) end
    return taken
end

local function dedent(lines)
    local least = math.huge
    for _, line in ipairs(lines) do
        if line:match('%S') then least = math.min(least, #line:match('^ *')) end
    end
    for i, line in ipairs(lines) do lines[i] = line:sub(least + 1) end
    while #lines > 0 and lines[#lines] == '' do lines[#lines] = nil end
    return table.concat(lines, '\n')
end

local function include(block)
    local name, marker = block.attributes.include, block.attributes.marker
    local lines, path = lines_of(name)
    if marker then lines = marked(lines, path, marker) end
    block.text = dedent(lines)
    block.attributes.include, block.attributes.marker = nil, nil
end

local function code(block)
    for _, kind in ipairs { 'boxes', 'seq' } do
        if block.classes:includes(kind) then
            local svg, why = draw[kind](block.text, slide)
            if not svg then fail(why) end
            return pandoc.RawBlock('html', svg)
        end
    end
    if block.attributes.include then
        include(block)
    elseif block.classes:includes('c') then
        fail('C code is included from slides/examples, never written into a deck')
    end
    check_size(block.text, 'code', block.classes:includes('small'))
    return block
end

local function count_question(div, state)
    if div.classes:includes('question') then
        state.question, state.since = true, 0
    elseif div.classes:includes('notes') then
        state.notes = pandoc.utils.stringify(div)
    end
end

local function finish_slide(state)
    if state.slides == 0 then return end
    if not state.notes then fail('no notes') end
    if state.question and not state.notes:match('Answer:') then
        fail('a question without "Answer:" in its notes')
    end
    if state.since > QUESTION_EVERY then
        fail('no question for ' .. state.since .. ' slides; ask one every ' .. QUESTION_EVERY)
    end
end

function Pandoc(doc)
    local state = { slides = 0, since = 0 }
    local blocks = {}
    for _, block in ipairs(doc.blocks) do
        if block.t == 'Header' and block.level == 2 then
            finish_slide(state)
            slide = pandoc.utils.stringify(block)
            state.slides, state.since = state.slides + 1, state.since + 1
            state.notes, state.question = nil, false
        elseif state.slides == 0 then
            fail('text before the first slide')
        elseif block.t == 'Div' then
            count_question(block, state)
        end
        blocks[#blocks + 1] = pandoc.walk_block(pandoc.Div(block), { CodeBlock = code }).content[1]
    end
    finish_slide(state)
    if state.slides + 1 > MAX_SLIDES then
        fail(state.slides + 1 .. ' slides with the title; ' .. MAX_SLIDES .. ' are allowed')
    end
    doc.blocks = blocks
    return doc
end
