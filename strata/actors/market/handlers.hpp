#pragma once
// The market's methods, by the file that defines them. methods.cpp lists them in its table.
#include <strata/actors/market/state.hpp>

namespace strata::actors::market {

inline constexpr ChainEpoch kDealUpdatesInterval = 30 * kEpochsInDay;  // runtime/src/runtime/policy.rs

// publish.cpp
ActorResult<PublishStorageDealsReturn> publish_storage_deals(Runtime& rt, const PublishStorageDealsParams& params);
/// Returns the first epoch >= `earliest` at which cron visits the deal.
ChainEpoch next_update_epoch(DealId id, ChainEpoch earliest);

// activate.cpp
ActorResult<VerifyDealsForActivationReturn> verify_deals_for_activation(Runtime& rt,
                                                                        const VerifyDealsForActivationParams& params);
ActorResult<BatchActivateDealsReturn> batch_activate_deals(Runtime& rt, const BatchActivateDealsParams& params);
ActorResult<SectorContentChangedReturn> sector_content_changed(Runtime& rt, const SectorContentChangedParams& params);

// settle.cpp
Done on_miner_sectors_terminate(Runtime& rt, const OnMinerSectorsTerminateParams& params);
Done cron_tick(Runtime& rt);
ActorResult<SettleDealPaymentsReturn> settle_deal_payments(Runtime& rt, const BitField& deal_ids);

/// Emits an event of this type with the deal's ID, client and provider.
Done emit_deal(Runtime& rt, std::string_view type, DealId id, const DealProposal& proposal);
/// Sends slashed collateral to the burnt funds actor, unless it is zero.
Done burn(Runtime& rt, const TokenAmount& amount);

}  // namespace strata::actors::market
