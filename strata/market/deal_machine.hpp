#pragma once
// Takes every accepted deal from its data to its active sector. Each step reads the record and the chain, does one
// thing and writes the record, so that nothing is lost if the process is killed between two steps. One thread. Source:
// builtin-actors actors/market/src/lib.rs for what the actor demands at each step.
#include <strata/market/deal_checks.hpp>
#include <strata/market/deal_data.hpp>
#include <strata/market/market_chain.hpp>
#include <strata/provider/outbox.hpp>

namespace strata::actors::read {
class Market;
}
namespace strata::provider {
class Provider;
struct SectorStatus;
}  // namespace strata::provider

namespace strata::market {

/// The settings of a market; they may change while it works.
class LiveConfig {
  public:
    explicit LiveConfig(MarketConfig config) : config_(std::move(config)) {}
    MarketConfig now() const STRATA_EXCLUDES(mutex_) {
        const Lock lock(mutex_);
        return config_;
    }
    void set(MarketConfig config) STRATA_EXCLUDES(mutex_) {
        const Lock lock(mutex_);
        config_ = std::move(config);
    }

  private:
    mutable Mutex mutex_;
    MarketConfig config_ STRATA_GUARDED_BY(mutex_);
};

/// The parts that the machine works with; all of them must outlive it.
struct DealContext {
    const LiveConfig& settings;
    ActorId miner = 0;
    std::uint64_t sector_size = 0;
    provider::Provider& provider;
    retrieval::PieceStore& pieces;
    DealRecords& records;
    DealData& data;
    MarketChain& chain;
    provider::Outbox& outbox;

    char address_prefix() const { return chain::address_prefix(chain.network()); }
    MarketConfig config() const { return settings.now(); }
    DealRules rules() const { return {Address::id(miner), config().ask, sector_size, chain.network()}; }
    /// Returns the money that a client's deals, without `except`, will take from its escrow and that is not locked yet.
    Result<TokenAmount> promised(vm::StateTree& state, ActorId client, const Cid& except) const;
};

class DealMachine {
  public:
    explicit DealMachine(const DealContext& context) : context_(context) {}

    /// Publishes again those messages that had not landed when the program ended.
    void resume(ChainEpoch epoch);
    Status on_epoch(ChainEpoch epoch, provider::Wakeups& wakeups);
    Result<Cid> settle(std::span<const DealId> deals, ChainEpoch epoch, provider::Wakeups& wakeups);

  private:
    Status give_up_on_data();
    Status forget_failed();
    // deal_machine_publishing.cpp
    Status follow_published();
    Status conclude(const PublishRecord& message, const Receipt& receipt);
    Status publish_again(const PublishRecord& message, std::string_view why);
    Result<bool> fill_escrow(std::span<const DealRecord> deals);
    /// Says what is to be done with a deal whose data is here.
    struct Judgement {
        enum class Kind {
            publish,   // the actor would accept it now
            on_chain,  // it is on chain already, as deal `id`, through a message whose record is lost
            refused,   // the actor would not accept it; `why` is the reason
        };
        Kind kind{};
        DealId id = 0;
        std::string why{};
    };
    Result<Judgement> judge(const DealRecord& record, vm::StateTree& state, const actors::read::Market& market,
                            std::map<Address, TokenAmount>& promised) const;
    Result<std::vector<DealRecord>> sort_out_received(vm::StateTree& state);
    Status publish();
    Status publish_group(std::vector<DealRecord> group);
    // deal_machine_sealing.cpp
    Status follow_sealing();
    Status follow_sealing(const DealRecord& record, const provider::SectorStatus* sector, vm::StateTree& state,
                          const actors::read::Market& market);
    Status put_into_sector(const DealRecord& record);
    // deal_machine_settlement.cpp
    Status follow_settlements();
    Status conclude(std::uint64_t number, SettlementRecord record, const provider::Outbox::Settled& settled);

    /// Signs a message of the worker to the market actor.
    Result<SignedMessage> sign(MethodNumber method, Bytes params, const TokenAmount& value = {});
    /// Moves the deal to a stage, unless its stage in the records is a different one by now.
    Status enter(DealRecord record, DealStage stage, std::string failure = {});
    Status fail_deal(const DealRecord& record, const std::string& why) { return enter(record, DealStage::failed, why); }
    /// Leaves the deal in its stage and writes into its record what is wrong.
    Status note(DealRecord record, const std::string& why);

    DealContext context_;
    ChainEpoch publish_after_ = 0;  // the first epoch in which a failed attempt may be repeated
    // Valid during on_epoch() and settle():
    ChainEpoch epoch_ = 0;
    provider::Wakeups* wakeups_ = nullptr;
};

/// A failed attempt is made again after this many epochs.
inline constexpr ChainEpoch kTryAgain = 10;

}  // namespace strata::market
