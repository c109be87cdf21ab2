-- T9: gives back what was not run to its end.
local released = 0
for _, one in ipairs(ask.items) do
  local job = held(one[1], one[2])
  if job then
    released = released + 1
    become(job, QUEUED, function()
      job[DELIVERIES] = job[DELIVERIES] - 1
      job[ALONE] = 0
    end)
  end
end
return done(released)
