-- Drives neovim's own language client against the built server, without a display; works from neovim 0.7 on:
--   nvim --headless --clean -u test/clients/neovim.lua FILE, with PLATMAP_RECIPE set to the file of the recipe.
-- Prints one line a check, "ok - ..." or "not ok - ...", and "done" when all were made. Knows no rule but the one of its
-- document.

local limit = 20000

local function check(what, test)
  local passed, problem = pcall(test)
  -- neovim's own messages do not end their lines
  local result = passed and "ok - " .. what or "not ok - " .. what .. ": " .. tostring(problem)
  io.stdout:write("\n" .. result .. "\n")
end

dofile(vim.env.PLATMAP_RECIPE)

-- The server's result for a request, or an error.
local function ask(method, params)
  for _, answer in pairs(assert(vim.lsp.buf_request_sync(0, method, params, limit), method .. " was not answered")) do
    assert(not answer.error, vim.inspect(answer.error))
    return answer.result
  end
end

local function position_of(text)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local column = line:find(text, 1, true)
    if column then
      return { line = number - 1, character = column - 1 }
    end
  end
  error(text .. " is not in the document")
end

local function document()
  return { uri = vim.uri_from_bufnr(0) }
end

local function wait_for_findings(number)
  vim.wait(limit, function() return #vim.diagnostic.get(0) == number end, 20)
  local found = vim.diagnostic.get(0)
  assert(#found == number, ("%d findings instead of %d: %s"):format(#found, number, vim.inspect(found)))
  return found
end

-- What the server sent for a diagnostic of neovim's.
local function as_sent(diagnostic)
  local sent = diagnostic.user_data.lsp
  return {
    range = {
      start = { line = diagnostic.lnum, character = diagnostic.col },
      ["end"] = { line = diagnostic.end_lnum, character = diagnostic.end_col },
    },
    message = diagnostic.message,
    severity = diagnostic.severity,
    source = diagnostic.source,
    code = diagnostic.code or sent.code,
    relatedInformation = sent.relatedInformation,
    data = sent.data,
  }
end

local function all_checks()
  check("an overlap is one error, shown once", function()
    local finding = as_sent(wait_for_findings(1)[1])
    assert(finding.code == "overlapping-regions", tostring(finding.code))
    assert(finding.severity == vim.diagnostic.severity.ERROR, tostring(finding.severity))
    assert(finding.message:find("uart0", 1, true) and finding.message:find("timer0", 1, true), finding.message)
  end)

  check("a hover explains a key", function()
    local at = position_of('"devices"')
    at.character = at.character + 2
    local hover = ask("textDocument/hover", { textDocument = document(), position = at })
    assert(#hover.contents.value > 0)
  end)

  check("the outline names the devices", function()
    local outline = vim.inspect(ask("textDocument/documentSymbol", { textDocument = document() }))
    assert(outline:find("uart0", 1, true) and outline:find("timer0", 1, true), outline)
  end)

  check("a rename changes the entry", function()
    local at = position_of("timer0")
    local edit = ask("textDocument/rename", { textDocument = document(), position = at, newName = "clock0" })
    vim.lsp.util.apply_workspace_edit(edit, "utf-16")
    position_of('"clock0"')
  end)

  check("formatting changes blanks alone", function()
    local function words() return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false)):gsub("%s", "") end
    local before = words()
    local edits = ask("textDocument/formatting", { textDocument = document(), options = { tabSize = 8, insertSpaces = false } })
    vim.lsp.util.apply_text_edits(edits, 0, "utf-16")
    assert(words() == before)
  end)

  check("a comparison tells what has changed since the last commit, in a window beside the text", function()
    local text = vim.api.nvim_get_current_win()
    vim.cmd("PlatmapCompare")
    local function said() return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n") end
    vim.wait(limit, function() return vim.api.nvim_get_current_win() ~= text and vim.bo.filetype == "markdown" end, 20)
    assert(said():find("1 renamed", 1, true) and said():find("clock0", 1, true), said())
    vim.cmd("bwipeout!")
    vim.api.nvim_set_current_win(text)
  end)

  check("a quick fix mends the overlap and keeps the comments", function()
    local finding = as_sent(wait_for_findings(1)[1])
    local context = { diagnostics = { finding }, only = { "quickfix" } }
    local params = { textDocument = document(), range = finding.range, context = context }
    local actions = ask("textDocument/codeAction", params)
    local action = assert(actions[1], "no quick fix is offered")
    action = action.edit and action or ask("codeAction/resolve", action)
    vim.lsp.util.apply_workspace_edit(action.edit, "utf-16")
    wait_for_findings(0)
    position_of("// The console of the boot loader.")
    position_of("// as in the data sheet")
  end)

  io.stdout:write("\ndone\n")
end

vim.defer_fn(function()
  all_checks()
  vim.cmd("qall!")
end, 0)
