#pragma once
// Events about the streams of rewards. Source: FIP-0118 §2.4.9; builtin-actors v19 actors/reward/src/emit.rs.
#include <strata/actors/reward/ledger.hpp>
#include <strata/actors/runtime.hpp>

namespace strata::actors::reward {

Done emit_queued(Runtime& rt, const PendingWrite& write);
Done emit_cancelled(Runtime& rt, const PendingWrite& write);
/// Emits what happened to due changes, then the periods that ended, then the new shares.
Done emit_changes(Runtime& rt, const Changes& changes);
Done emit_replaced(Runtime& rt, StreamId id, const Address& before, const Address& after);
Done emit_payout(Runtime& rt, StreamId id, const Address& recipient, const TokenAmount& amount);

}  // namespace strata::actors::reward
