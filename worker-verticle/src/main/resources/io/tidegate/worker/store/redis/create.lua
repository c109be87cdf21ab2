-- T1. All are looked at before any is made: a step that is all or nothing has nothing to undo.
local depth = call('ZLEXCOUNT', INDEX, '[0', '(4') + call('ZLEXCOUNT', INDEX, '[6', '(7')
local room = tonumber(call('HGET', COUNT, 'open')) or 0
local draining = call('HGET', COUNT, 'mode') == '2'
local seq = tonumber(call('HGET', COUNT, 'seq')) or 0
local newIds, newKeys, refused = {}, {}, false

local function made(id)
  local job = load(id)
  if job then
    return { 'made', id, job[STATE], job[CREATED], true, false }
  end
  local tomb = call('HGET', TOMBS, id)
  return tomb and { 'made', id, unpacked(tomb)[1], 0, true, false }
end

local function known(item)
  if item.hash ~= '' then
    local owner, print = newKeys[item.hash], nil
    if owner then
      owner, print = owner.id, owner.print
    else
      local entry = call('HGET', IDEM, item.hash)
      if entry then
        entry = unpacked(entry)
        owner, print = entry[1], entry[2]
      end
    end
    if owner and print ~= item.print then
      return { 'reused' }
    end
    if owner then
      return newIds[owner] and { 'twin', owner } or made(owner) or { 'made', owner, SUCCEEDED, 0, true, false }
    end
  end
  return newIds[item.id] and { 'twin', item.id } or made(item.id)
end

local function judged(item)
  local there = known(item)
  if there then
    return there
  end
  if draining then
    return { 'draining' }
  end
  if depth >= item.depth or room + item.size > item.room then
    return { 'full' }
  end
  depth, room = depth + 1, room + item.size
  newIds[item.id] = item
  if item.hash ~= '' then
    newKeys[item.hash] = item
  end
  return { 'new' }
end

local function make(item)
  seq = seq + 1
  local runAt = math.max(now, item.runAt)
  local job = { item.id, QUEUED, seq, item.priority, item.priority * item.aging, now, runAt,
    item.deadline, 0, 0, 0, 0, 0, 0, item.attempts, 0, 0, 0, 0, 0, 0, item.size, 0, item.route,
    item.tenant, item.group, item.hash, item.callback, '',
    runAt - item.priority * item.aging, seq }
  if item.worker then
    job[STATE] = RUNNING
    ask.lease = item.lease
    grant(job)
    local head = item.group ~= '' and first(item.group)
    if head and not isBusy(head) then
      local other = load(idOf(head))
      call('ZREM', lane(other), place(other))
    end
  elseif runAt > now then
    job[STATE] = SCHEDULED
  end
  bytes.open = bytes.open + item.size
  save(job)
  call('HSET', CALLS, item.id, item.call)
  call('ZADD', LATE, item.deadline, key(job))
  putIn(job, job[STATE])
  if item.hash ~= '' then
    call('HSET', IDEM, item.hash, pack({ item.id, item.print }))
  end
  return { 'made', item.id, job[STATE], now, false, item.worker and job[TOKEN] or false }
end

local results = {}
for i, item in ipairs(ask.items) do
  results[i] = judged(item)
  refused = refused or (#results[i] == 1 and results[i][1] ~= 'new')
end
local undone = ask.atomic and refused
if ask.dry then
  return done(results)
end
for i, item in ipairs(ask.items) do
  local word = results[i][1]
  if undone and (word == 'new' or word == 'twin') then
    results[i] = { 'together' }
  elseif word == 'new' then
    results[i] = make(item)
  elseif word == 'twin' then
    results[i] = made(results[i][2])
  end
end
call('HSET', COUNT, 'seq', seq)
return done(results)
