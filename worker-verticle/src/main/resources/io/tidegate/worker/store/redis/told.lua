-- The callback of an end is taken care of.
call('ZREM', UNTOLD, ask.member)
call('HDEL', ENDS, ask.member)
return done(true)
