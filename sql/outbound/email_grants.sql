revoke all on function
  outbound.mailed_recipients(text), outbound.remember_mailed(text, bytea[]), outbound.forget_mailed(text)
from public;
grant execute on function
  outbound.mailed_recipients(text), outbound.remember_mailed(text, bytea[]), outbound.forget_mailed(text)
to parley_worker;
