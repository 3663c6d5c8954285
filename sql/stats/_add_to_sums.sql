-- What no longer counts leaves no trace, so that sums are the same however they came about.
create or replace function stats._add_to_sums(changes stats.changes) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_emptied stats.sums[];
begin
  with summed as (
    insert into stats.sums as s
    select c.* from stats._sums_of(null, '-infinity', 'infinity', changes, '{slot,day}') c
    order by c.account_id, c.grain, c.dim, c.starts_at, c.dim_id
    on conflict (account_id, grain, dim, starts_at, dim_id) do update set
    n = s.n + excluded.n,
    dialogs_started_n = stats._plus(s.dialogs_started_n, excluded.dialogs_started_n),
    offered_n = stats._plus(s.offered_n, excluded.offered_n),
    handed_off_n = stats._plus(s.handed_off_n, excluded.handed_off_n),
    handed_off_total = stats._plus(s.handed_off_total, excluded.handed_off_total),
    queue_wait_n = stats._plus(s.queue_wait_n, excluded.queue_wait_n),
    queue_wait_total = stats._plus(s.queue_wait_total, excluded.queue_wait_total),
    queue_wait_business = stats._plus(s.queue_wait_business, excluded.queue_wait_business),
    first_response_n = stats._plus(s.first_response_n, excluded.first_response_n),
    first_response_total = stats._plus(s.first_response_total, excluded.first_response_total),
    first_response_business = stats._plus(s.first_response_business, excluded.first_response_business),
    first_response_human_n = stats._plus(s.first_response_human_n, excluded.first_response_human_n),
    first_response_human_total = stats._plus(s.first_response_human_total, excluded.first_response_human_total),
    first_response_human_business = stats._plus(s.first_response_human_business, excluded.first_response_human_business),
    first_response_agent_n = stats._plus(s.first_response_agent_n, excluded.first_response_agent_n),
    first_response_agent_total = stats._plus(s.first_response_agent_total, excluded.first_response_agent_total),
    outbound_n = stats._plus(s.outbound_n, excluded.outbound_n),
    reply_time_n = stats._plus(s.reply_time_n, excluded.reply_time_n),
    reply_time_total = stats._plus(s.reply_time_total, excluded.reply_time_total),
    reply_time_business = stats._plus(s.reply_time_business, excluded.reply_time_business),
    resolution_n = stats._plus(s.resolution_n, excluded.resolution_n),
    resolution_total = stats._plus(s.resolution_total, excluded.resolution_total),
    resolution_business = stats._plus(s.resolution_business, excluded.resolution_business),
    active_resolution_n = stats._plus(s.active_resolution_n, excluded.active_resolution_n),
    active_resolution_total = stats._plus(s.active_resolution_total, excluded.active_resolution_total),
    bot_time_n = stats._plus(s.bot_time_n, excluded.bot_time_n),
    bot_time_total = stats._plus(s.bot_time_total, excluded.bot_time_total),
    snoozed_time_n = stats._plus(s.snoozed_time_n, excluded.snoozed_time_n),
    snoozed_time_total = stats._plus(s.snoozed_time_total, excluded.snoozed_time_total),
    assigned_to_resolved_n = stats._plus(s.assigned_to_resolved_n, excluded.assigned_to_resolved_n),
    assigned_to_resolved_total = stats._plus(s.assigned_to_resolved_total, excluded.assigned_to_resolved_total),
    customer_waiting_n = stats._plus(s.customer_waiting_n, excluded.customer_waiting_n),
    customer_waiting_total = stats._plus(s.customer_waiting_total, excluded.customer_waiting_total),
    reopened_n = stats._plus(s.reopened_n, excluded.reopened_n),
    first_contact_resolution_n = stats._plus(s.first_contact_resolution_n, excluded.first_contact_resolution_n),
    bot_contained_n = stats._plus(s.bot_contained_n, excluded.bot_contained_n),
    abandoned_n = stats._plus(s.abandoned_n, excluded.abandoned_n),
    short_abandoned_n = stats._plus(s.short_abandoned_n, excluded.short_abandoned_n),
    dropped_n = stats._plus(s.dropped_n, excluded.dropped_n),
    transfers_out_n = stats._plus(s.transfers_out_n, excluded.transfers_out_n),
    transfers_in_n = stats._plus(s.transfers_in_n, excluded.transfers_in_n),
    handle_time_n = stats._plus(s.handle_time_n, excluded.handle_time_n),
    handle_time_total = stats._plus(s.handle_time_total, excluded.handle_time_total),
    dialogs_handled_n = stats._plus(s.dialogs_handled_n, excluded.dialogs_handled_n),
    dialogs_handled_total = stats._plus(s.dialogs_handled_total, excluded.dialogs_handled_total),
    messages_received_n = stats._plus(s.messages_received_n, excluded.messages_received_n),
    messages_sent_n = stats._plus(s.messages_sent_n, excluded.messages_sent_n),
    replies_sent_n = stats._plus(s.replies_sent_n, excluded.replies_sent_n),
    notes_n = stats._plus(s.notes_n, excluded.notes_n),
    mentions_n = stats._plus(s.mentions_n, excluded.mentions_n),
    replies_to_resolve_n = stats._plus(s.replies_to_resolve_n, excluded.replies_to_resolve_n),
    replies_to_resolve_total = stats._plus(s.replies_to_resolve_total, excluded.replies_to_resolve_total),
    messages_to_resolve_n = stats._plus(s.messages_to_resolve_n, excluded.messages_to_resolve_n),
    messages_to_resolve_total = stats._plus(s.messages_to_resolve_total, excluded.messages_to_resolve_total),
    ratings_n = stats._plus(s.ratings_n, excluded.ratings_n),
    ratings_total = stats._plus(s.ratings_total, excluded.ratings_total),
    satisfied_n = stats._plus(s.satisfied_n, excluded.satisfied_n),
    wrapups_n = stats._plus(s.wrapups_n, excluded.wrapups_n)
    returning s
  )
  select array_agg(r.s) into v_emptied from summed r where (r.s).n = 0;

  delete from stats.sums s using unnest(v_emptied) e
  where s.account_id = e.account_id and s.grain = e.grain and s.dim = e.dim and s.starts_at = e.starts_at and s.dim_id = e.dim_id;
end $$;

comment on function stats._add_to_sums(stats.changes) is 'Adds to stats.sums what replacing the stored facts by these changes.';
