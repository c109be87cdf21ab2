-- What all steps share. The step itself follows; it returns what it found, packed, with the changes
-- that it made. Arguments: the time in milliseconds (empty but in tests: then it is Redis' own), and
-- what the step is about, packed.
--
-- A job is an array, packed, in the hash JOBS; the sets beside it say where it is. Ids are texts of
-- 36 characters. KEY is the number of acceptance and the id, so that what is equal sorts by
-- acceptance.
--
-- READY, SUSPECTS  by route, rank and acceptance: what may be leased (members only, scores zero)
-- GROUPS           by group and acceptance: what is queued, retrying or, before all others, running
-- DELAY            by time: what is scheduled or retrying
-- RUN              by the end of the lease: id and token. In here if and only if it is running
-- LATE             by deadline: what is not over. A running job may be missing
-- OVER             by time of the end: what is over, without the dead
-- EXPIRY           by the end of its keeping: what is over
-- INDEX            by state and id: everything (members only)
-- TOMBS, GRAVES    what has been forgotten, and until when that is known
-- UNTOLD, ENDS     ends that a callback waits for, by time
local JOBS, CALLS, RESULTS, LOGS, READY, SUSPECTS, GROUPS, DELAY, RUN, LATE, OVER, EXPIRY, INDEX,
  IDEM, TOMBS, GRAVES, UNTOLD, ENDS, COUNT = unpack(KEYS)

local ID, STATE, SEQ, PRIORITY, BOOST, CREATED, RUN_AT, DEADLINE, STARTED, FINISHED, EXPIRES,
  VERSION, GENERATION, ATTEMPTS, MAX_ATTEMPTS, DELIVERIES, CRASHES, SOLO, DEFERRALS, TOKEN, ALONE,
  BYTES, RESULT_BYTES, ROUTE, TENANT, GROUP, KEY_HASH, CALLBACK, ERROR,
  RANK, ORDER =
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
  28, 29, 30, 31

local SCHEDULED, QUEUED, RUNNING, RETRYING, SUCCEEDED, FAILED, DEAD, CANCELED, EXPIRED =
  0, 1, 2, 3, 4, 5, 6, 7, 8

local SUSPECT_CRASHES, POISON_CRASHES, LOGGED, REMEMBERED = 2, 2, 10, 86400000

local call, pack, unpacked = redis.call, cmsgpack.pack, cmsgpack.unpack
local clock = call('TIME')
local micros = ARGV[1] == '' and clock[1] * 1000000 + clock[2] or ARGV[1] * 1000
local now = math.floor(micros / 1000)
local ask = unpacked(ARGV[2])
local changes = {}
local bytes = { open = 0, over = 0 }

local function load(id)
  local job = call('HGET', JOBS, id)
  return job and unpacked(job)
end

local function key(job)
  return string.format('%012d', job[SEQ]) .. job[ID]
end

-- Its place in its group, which it takes anew when it becomes due or is put back.
local function turn(job)
  return string.format('%012d', job[ORDER]) .. job[ID]
end

local function idOf(member)
  return string.sub(member, -36)
end

local function lane(job)
  return job[CRASHES] >= SUSPECT_CRASHES and SUSPECTS or READY
end

local function place(job)
  return job[ROUTE] .. '\0' .. string.format('%013d', job[RANK]) .. key(job)
end

local function lease(job)
  return job[ID] .. string.format('%.0f', job[TOKEN])
end

local function purse(state)
  return (state < SUCCEEDED or state == DEAD) and 'open' or 'over'
end

local function first(group)
  local from = group .. '\0'
  local found = call('ZRANGEBYLEX', GROUPS, '[' .. from, '(' .. group .. '\1', 'LIMIT', 0, 1)[1]
  return found and string.sub(found, #from + 1)
end

-- Sorts before the number of any job: whatever waits in the group has to wait on.
local function busy(job)
  return job[GROUP] .. '\0!' .. job[ID]
end

local function isBusy(member)
  return string.sub(member, 1, 1) == '!'
end

-- The first of a group may go, if it is queued and no other is running.
local function letGo(group)
  local head = first(group)
  if head and not isBusy(head) then
    local job = load(idOf(head))
    if job[STATE] == QUEUED then
      call('ZADD', lane(job), 0, place(job))
    end
  end
end

-- Puts a job where it can be leased, unless others of its group come first.
local function enter(job)
  if job[GROUP] ~= '' then
    local member = turn(job)
    local head = first(job[GROUP])
    call('ZADD', GROUPS, 0, job[GROUP] .. '\0' .. member)
    if head and head < member then
      return
    end
    if head and head ~= member then
      local other = load(idOf(head))
      call('ZREM', lane(other), place(other))
    end
  end
  if job[STATE] == QUEUED then
    call('ZADD', lane(job), 0, place(job))
  end
end

local function takeOut(job, to)
  local from = job[STATE]
  call('ZREM', INDEX, from .. job[ID])
  if from == RUNNING then
    call('ZREM', RUN, lease(job))
    if job[GROUP] ~= '' then
      call('ZREM', GROUPS, busy(job))
      letGo(job[GROUP])
    end
  elseif from == QUEUED then
    call('ZREM', lane(job), place(job))
  elseif from == SCHEDULED or from == RETRYING then
    call('ZREM', DELAY, key(job))
  else
    call('ZREM', OVER, key(job))
    call('ZREM', EXPIRY, key(job))
  end
  if job[GROUP] ~= '' and (from == QUEUED or from == RETRYING) and to ~= QUEUED then
    call('ZREM', GROUPS, job[GROUP] .. '\0' .. turn(job))
    if to ~= RUNNING then
      letGo(job[GROUP])
    end
  end
end

local function putOver(job)
  call('ZREM', LATE, key(job))
  call('ZADD', EXPIRY, job[EXPIRES], key(job))
  if job[STATE] ~= DEAD then
    call('ZADD', OVER, job[FINISHED], key(job))
  end
  if job[CALLBACK] ~= '' then
    local member = job[ID] .. job[GENERATION]
    call('ZADD', UNTOLD, now, member)
    call('HSET', ENDS, member, pack({ job[ID], job[GENERATION], job[STATE], job[ROUTE],
      job[TENANT], job[FINISHED], job[CALLBACK] }))
  end
end

local function putIn(job, from)
  local state = job[STATE]
  call('ZADD', INDEX, 0, state .. job[ID])
  if state == RUNNING then
    call('ZADD', RUN, now + ask.lease, lease(job))
    if job[GROUP] ~= '' then
      call('ZADD', GROUPS, 0, busy(job))
    end
    return
  end
  if state > RETRYING then
    return putOver(job)
  end
  if state == SCHEDULED or state == RETRYING then
    call('ZADD', DELAY, job[RUN_AT], key(job))
  end
  if state ~= SCHEDULED then
    enter(job)
  end
  if from == RUNNING or from > RETRYING then
    call('ZADD', LATE, job[DEADLINE], key(job))
  end
end

local function save(job)
  job[VERSION] = job[VERSION] + 1
  changes[#changes + 1] = { job[ID], job[STATE], job[VERSION] }
  call('HSET', JOBS, job[ID], pack(job))
end

-- Moves a job from state to state. `change` sees it when it is in neither.
local function become(job, to, change)
  local from, before = job[STATE], job[BYTES]
  takeOut(job, to)
  if change then
    change(job)
  end
  job[STATE] = to
  bytes[purse(from)] = bytes[purse(from)] - before
  bytes[purse(to)] = bytes[purse(to)] + job[BYTES]
  save(job)
  putIn(job, from)
end

local function finish(job, to, keep)
  become(job, to, function()
    job[FINISHED] = now
    job[EXPIRES] = now + keep
  end)
end

local function held(id, token)
  local job = load(id)
  return job and job[STATE] == RUNNING and job[TOKEN] == token and job
end

local function log(job, attempt)
  local known = call('HGET', LOGS, job[ID])
  local runs = known and unpacked(known) or {}
  runs[#runs + 1] = attempt
  if #runs > LOGGED then
    table.remove(runs, 1)
  end
  call('HSET', LOGS, job[ID], pack(runs))
end

local function nextToken()
  -- Not below the clock: should Redis lose its last second, no token is given out twice.
  local token = math.max(micros, (tonumber(call('HGET', COUNT, 'token')) or 0) + 1)
  call('HSET', COUNT, 'token', token)
  return token
end

local function grant(job)
  job[TOKEN] = nextToken()
  job[STARTED] = now
  job[DELIVERIES] = job[DELIVERIES] + 1
end

local function forget(job)
  local from = job[STATE]
  takeOut(job, from)
  bytes[purse(from)] = bytes[purse(from)] - job[BYTES]
  call('HDEL', JOBS, job[ID])
  call('HDEL', CALLS, job[ID])
  call('HDEL', RESULTS, job[ID])
  call('HDEL', LOGS, job[ID])
  call('HSET', TOMBS, job[ID], pack({ from, job[KEY_HASH] }))
  call('ZADD', GRAVES, now + REMEMBERED, job[ID])
end

local function nextSeq()
  return call('HINCRBY', COUNT, 'seq', 1)
end

local function requeue(job, deadline)
  become(job, QUEUED, function()
    job[ORDER] = nextSeq()
    job[GENERATION] = job[GENERATION] + 1
    job[ATTEMPTS], job[DELIVERIES], job[CRASHES], job[SOLO], job[DEFERRALS] = 0, 0, 0, 0, 0
    job[RUN_AT], job[DEADLINE], job[RANK] = now, now + deadline, now - job[BOOST]
    job[STARTED], job[FINISHED], job[EXPIRES] = 0, 0, 0
    job[BYTES] = job[BYTES] - job[RESULT_BYTES]
    job[RESULT_BYTES] = 0
    call('HDEL', RESULTS, job[ID])
  end)
end

-- What there is to an id that is no job's.
local function absent(id)
  local tomb = call('HGET', TOMBS, id)
  return tomb and { 'purged', unpacked(tomb)[1] } or { 'unknown' }
end

local function status(word, job)
  return { word, job, call('HGET', LOGS, job[ID]) }
end

local function done(result)
  for name, delta in pairs(bytes) do
    if delta ~= 0 then
      call('HINCRBY', COUNT, name, delta)
    end
  end
  return pack({ result, changes })
end

-- Whether a job meets the conditions that were asked for.
local function fits(job)
  local failure = job[ERROR]
  return (not ask.tenant or job[TENANT] == ask.tenant)
    and (not ask.route or job[ROUTE] == ask.route)
    and job[CREATED] >= ask.since
    and (not ask.before or job[CREATED] < ask.before)
    and (not ask.error or failure and failure ~= '' and unpacked(failure)[1] == ask.error)
end
