-- T4 to T7, T10: ends runs.
local results = {}
for i, item in ipairs(ask.items) do
  local job = held(item.id, item.token)
  if job then
    local function change()
      job[ATTEMPTS] = job[ATTEMPTS] + item.attempts
      job[DEFERRALS] = job[DEFERRALS] + item.deferrals
      job[ALONE] = 0
      if item.to == RETRYING then
        job[RUN_AT] = item.runAt
      else
        job[FINISHED], job[EXPIRES] = now, now + item.keep
      end
      if item.error ~= '' or item.to == SUCCEEDED then
        job[ERROR] = item.error
      end
      if item.result then
        job[BYTES] = job[BYTES] - job[RESULT_BYTES] + item.resultBytes
        job[RESULT_BYTES] = item.resultBytes
        call('HSET', RESULTS, job[ID], item.result)
      end
      log(job, item.attempt)
    end
    become(job, item.to, change)
  end
  results[i] = job and true or false
end
return done(results)
