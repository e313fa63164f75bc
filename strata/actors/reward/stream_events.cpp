#include <strata/actors/reward/stream_events.hpp>

namespace strata::actors::reward {
namespace {

using Event = Runtime::Event;

Event event_of(std::string_view type, const PendingWrite& write) {
    Event event(type);
    event.indexed("op", write.op).field("effective-epoch", write.effective_epoch);
    if (write.id) event.indexed("stream-id", *write.id);
    return event;
}

// A recipient's share, with the bare ID of the recipient.
struct ShareRow {
    ActorId recipient = 0;
    std::uint64_t share = 0;
    STRATA_CBOR_TUPLE(recipient, share);
};

Event event_of(const SharesInstalled& installed) {
    std::vector<ShareRow> rows;
    for (const auto& row : installed.shares) rows.push_back({row.recipient.as_id().value_or(0), row.share});
    Event event("shares-set");
    event.indexed("stream-id", installed.id).field("shares", rows);
    return event;
}

Event event_of(const Fold& fold) {
    Event event("period-folded");
    event.indexed("stream-id", fold.id)
        .field("cause", std::string(fold.cause))
        .field("accrued", fold.accrued)
        .field("dust", fold.dust);
    return event;
}

}  // namespace

Done emit_queued(Runtime& rt, const PendingWrite& write) {
    return rt.emit(event_of("write-queued", write).field("payload", write.payload));
}

Done emit_cancelled(Runtime& rt, const PendingWrite& write) {
    return rt.emit(event_of("write-cancelled", write));
}

Done emit_changes(Runtime& rt, const Changes& changes) {
    for (const auto& write : changes.applied) STRATA_OK(rt.emit(event_of("write-applied", write)));
    for (const auto& write : changes.dropped) STRATA_OK(rt.emit(event_of("write-dropped", write)));
    for (const auto& fold : changes.folds) STRATA_OK(rt.emit(event_of(fold)));
    for (const auto& installed : changes.installed) STRATA_OK(rt.emit(event_of(installed)));
    return {};
}

Done emit_replaced(Runtime& rt, StreamId id, const Address& before, const Address& after) {
    Event event("address-replaced");
    event.indexed("stream-id", id)
        .indexed("old-recipient", before.as_id().value_or(0))
        .indexed("new-recipient", after.as_id().value_or(0));
    return rt.emit(event);
}

Done emit_payout(Runtime& rt, StreamId id, const Address& recipient, const TokenAmount& amount) {
    Event event("claim-payout");
    event.indexed("stream-id", id).indexed("recipient", recipient.as_id().value_or(0)).field("amount", amount);
    return rt.emit(event);
}

}  // namespace strata::actors::reward
