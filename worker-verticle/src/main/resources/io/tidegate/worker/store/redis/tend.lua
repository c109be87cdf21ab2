-- T2, T8, T12, T14: what time brings, at most so many of each kind.
local limit = ask.limit
local promoted, crashed, poisoned, expired, forgotten = 0, 0, {}, 0, 0

local function due(set)
  return call('ZRANGEBYSCORE', set, '-inf', now, 'LIMIT', 0, limit)
end

local function crash(job)
  job[CRASHES], job[SOLO] = job[CRASHES] + 1, job[SOLO] + job[ALONE]
  log(job, pack({ job[DELIVERIES], job[STARTED], now - job[STARTED], 'crashed', 0, true, 'crashed',
    0, 'whoever ran it died or lost its lease' }))
  job[ALONE] = 0
end

local function reap(job)
  call('ZREM', LATE, key(job)) -- Needs no memory; it comes back if the job does.
  if job[SOLO] + job[ALONE] >= POISON_CRASHES then
    crash(job)
    job[ERROR] = pack({ 'poison', 0, 'whoever ran it died ' .. job[CRASHES] .. ' times, '
      .. job[SOLO] .. ' times with this job alone' })
    finish(job, DEAD, ask.keepDead)
    poisoned[#poisoned + 1] = job[ID]
  else
    become(job, QUEUED, crash)
  end
end

-- What a set says of a job that is not there, or is elsewhere, is a leftover: it goes.
local function each(set, action)
  for _, member in ipairs(due(set)) do
    local job = load(set == RUN and string.sub(member, 1, 36) or idOf(member))
    if job then
      action(job, member)
    else
      call('ZREM', set, member)
    end
  end
end

-- A job of a group takes its place in it when it becomes due; one that was there keeps it.
local function promote(job)
  if job[STATE] == SCHEDULED and job[GROUP] ~= '' then
    job[ORDER] = nextSeq()
  end
end

each(RUN, function(job, member)
  if job[STATE] ~= RUNNING or lease(job) ~= member then
    call('ZREM', RUN, member)
  else
    crashed = crashed + 1
    reap(job)
  end
end)

each(LATE, function(job, member)
  if job[STATE] >= RUNNING and job[STATE] ~= RETRYING then
    call('ZREM', LATE, member)
  else
    expired = expired + 1
    finish(job, EXPIRED, ask.keep)
  end
end)

each(DELAY, function(job, member)
  if job[STATE] ~= SCHEDULED and job[STATE] ~= RETRYING then
    call('ZREM', DELAY, member)
  else
    promoted = promoted + 1
    become(job, QUEUED, promote)
  end
end)

each(EXPIRY, function(job)
  forgotten = forgotten + 1
  forget(job)
end)

-- Beyond the bounds of number and bytes the oldest go, but never a dead one.
local over = call('ZCARD', OVER)
local held = (tonumber(call('HGET', COUNT, 'over')) or 0) + bytes.over
local more = false
if over > ask.keepCount or held > ask.keepBytes then
  for _, member in ipairs(call('ZRANGE', OVER, 0, limit - 1)) do
    more = over > ask.keepCount or held > ask.keepBytes
    if not more then
      break
    end
    local job = load(idOf(member))
    if job then
      over, held, forgotten = over - 1, held - job[BYTES], forgotten + 1
      forget(job)
    else
      call('ZREM', OVER, member)
    end
  end
  more = over > ask.keepCount or held > ask.keepBytes
end

for _, id in ipairs(due(GRAVES)) do
  local tomb = call('HGET', TOMBS, id)
  local hash = tomb and unpacked(tomb)[2] or ''
  if hash ~= '' then
    call('HDEL', IDEM, hash)
  end
  call('HDEL', TOMBS, id)
  call('ZREM', GRAVES, id)
end

local nextTime = more and now or false
for _, set in ipairs({ RUN, LATE, DELAY, EXPIRY }) do
  local head = call('ZRANGE', set, 0, 0, 'WITHSCORES')[2]
  if head then
    nextTime = math.min(nextTime or math.huge, tonumber(head))
  end
end
return done({ promoted, crashed, poisoned, expired, forgotten, nextTime, now })
