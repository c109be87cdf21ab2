-- Opens, pauses or drains a queue.
call('HDEL', COUNT, 'mode')
if ask.mode ~= 0 then
  call('HSET', COUNT, 'mode', ask.mode)
end
return done(true)
