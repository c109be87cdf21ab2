-- T3. Of each route the first ones, and of those the first of all: a route that is left out costs
-- one look, however much of it waits.
if call('HGET', COUNT, 'mode') == '1' then
  return done({})
end
local except = {}
for _, route in ipairs(ask.except) do
  except[route] = true
end

local function heads(set, most)
  local found, from = {}, '-'
  while true do
    local members = call('ZRANGEBYLEX', set, from, '+', 'LIMIT', 0, most)
    if #members == 0 then
      break
    end
    local route = string.match(members[1], '^[^%z]*')
    if not except[route] then
      for _, member in ipairs(members) do
        if string.sub(member, 1, #route + 1) ~= route .. '\0' then
          break
        end
        found[#found + 1] = string.sub(member, #route + 2)
      end
    end
    if #members < most and string.sub(members[#members], 1, #route + 1) == route .. '\0' then
      break
    end
    from = '[' .. route .. '\1'
  end
  table.sort(found)
  return found, most
end

local results = {}
local function take(set, most, alone)
  local found = heads(set, most)
  for i = 1, math.min(most, #found) do
    local job = load(idOf(found[i]))
    if job[DEADLINE] > now then
      become(job, RUNNING, function()
        grant(job)
        job[ALONE] = alone
      end)
      results[#results + 1] = { job, call('HGET', CALLS, job[ID]) }
    end
  end
end

if ask.suspects then
  take(SUSPECTS, 1, 1)
end
if ask.most > #results then
  take(READY, ask.most - #results, 0)
end
return done(results)
