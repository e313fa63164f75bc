#include <strata/market/provider_market.hpp>

#include <atomic>

#include <strata/actors/miner/types.hpp>
#include <strata/actors/read/miner.hpp>
#include <strata/market/deal_machine.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::market {

struct ProviderMarket::Parts {
    Parts(MarketConfig given_config, ActorId miner, std::uint64_t sector_size, std::unique_ptr<MarketChain> given_chain,
          provider::Provider& provider, store::KeyValue& store, retrieval::PieceStore& pieces)
        : settings(std::move(given_config)),
          chain(std::move(given_chain)),
          records(store),
          data(records, pieces),
          outbox(*chain, settings.now().message_confidence),
          context{settings, miner, sector_size, provider, pieces, records, data, *chain, outbox},
          machine(context) {}

    /// The earliest epoch in which a message that is sent now can land.
    ChainEpoch now() const { return std::max(chain->head_epoch(), last_epoch.load()) + 1; }

    LiveConfig settings;
    std::unique_ptr<MarketChain> chain;
    DealRecords records;
    DealData data;
    provider::Outbox outbox;
    DealContext context;
    DealMachine machine;
    provider::Wakeups wakeups;
    std::atomic<ChainEpoch> last_epoch = 0;
    std::atomic<bool> work_arrived = false;  // a proposal or data arrived since the last on_epoch
};

ProviderMarket::ProviderMarket(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
ProviderMarket::~ProviderMarket() = default;

Result<std::unique_ptr<ProviderMarket>> ProviderMarket::open(MarketConfig config, std::unique_ptr<MarketChain> chain,
                                                             provider::Provider& provider, store::KeyValue& records,
                                                             retrieval::PieceStore& pieces) {
    const auto miner = config.miner.as_id();
    if (!miner)
        return fail(Errc::invalid_argument, "the miner is " +
                                                config.miner.to_string(chain::address_prefix(chain->network())) +
                                                ", expected an ID address");
    if (config.publish_batch == 0) return fail(Errc::invalid_argument, "publish_batch is 0, expected at least 1");
    STRATA_TRY(auto state, chain->head_state());
    STRATA_TRY(const auto on_chain, actors::read::Miner::load(state, config.miner));
    STRATA_TRY(const auto info, on_chain.info());
    const auto size = static_cast<std::uint64_t>(info.sector_size);
    auto parts = std::make_unique<Parts>(std::move(config), *miner, size, std::move(chain), provider, records, pieces);
    const char prefix = parts->context.address_prefix();
    // A client without an actor keeps the address in its proposal, which is only used to count the client's deals.
    STRATA_OK(parts->records.load([&](const DealProposal& proposal) {
        const auto named = with_ids(state, proposal, prefix);
        return named ? named->client : proposal.client;
    }));
    parts->last_epoch = parts->chain->head_epoch();
    parts->machine.resume(parts->last_epoch);
    parts->wakeups.wake_at(parts->last_epoch + 1);
    return std::unique_ptr<ProviderMarket>(new ProviderMarket(std::move(parts)));
}

Status ProviderMarket::on_epoch(ChainEpoch epoch) {
    parts_->last_epoch = epoch;
    parts_->work_arrived = false;
    parts_->wakeups = {};
    return parts_->machine.on_epoch(epoch, parts_->wakeups);
}

std::optional<ChainEpoch> ProviderMarket::next_wakeup() const {
    const ChainEpoch next = parts_->last_epoch + 1;
    if (parts_->work_arrived) return next;
    const auto wake = parts_->wakeups.wake();
    return wake ? std::optional(std::max(*wake, next)) : std::nullopt;
}

bool ProviderMarket::wants_block(ChainEpoch epoch) const {
    return parts_->wakeups.wants_block(epoch);
}

Result<Cid> ProviderMarket::settle(std::span<const DealId> deals, ChainEpoch epoch) {
    return parts_->machine.settle(deals, epoch, parts_->wakeups);
}

Result<Cid> ProviderMarket::propose(const ClientDealProposal& deal, std::uint64_t data_size) {
    const auto& context = parts_->context;
    // Cheap checks come first: reading the chain and checking the signature are for proposals whose terms are good.
    STRATA_OK(check_terms(context.rules(), deal, data_size));
    const Cid cid = proposal_cid(deal.proposal);
    if (const auto known = parts_->records.find(cid)) {
        if (known->stage == DealStage::failed)
            return fail(Errc::invalid_argument,
                        "this proposal has failed before: " + known->failure + "; make a new proposal");
        return cid;
    }
    const ChainEpoch now = parts_->now();
    STRATA_OK(check_times(deal.proposal, now, context.config().ask.least_lead));
    STRATA_TRY(auto state, context.chain.head_state());
    STRATA_TRY(const auto named, with_ids(state, deal.proposal, context.address_prefix()));
    STRATA_TRY(const auto promised, context.promised(state, *named.client.as_id(), cid));
    STRATA_OK(check_on_chain(context.rules(), deal, state, now, promised));
    DealRecord record;
    record.deal = deal;
    record.data_size = data_size;
    record.since = now;
    const auto config = context.config();
    STRATA_OK(parts_->records.add(record, named.client,
                                  {.waiting = config.max_waiting,
                                   .waiting_per_client = config.max_waiting_per_client,
                                   .failed = config.max_failed}));
    parts_->work_arrived = true;
    return cid;
}

Status ProviderMarket::receive_data(const Cid& proposal, const ByteSource& data) {
    STRATA_OK(parts_->data.receive(proposal, data, parts_->now()));
    parts_->work_arrived = true;
    return {};
}

std::vector<DealRecord> ProviderMarket::deals() const {
    return parts_->records.deals();
}

std::optional<DealRecord> ProviderMarket::find(const Cid& proposal) const {
    return parts_->records.find(proposal);
}

std::vector<Settlement> ProviderMarket::settlements() const {
    std::vector<Settlement> out;
    for (auto& record : parts_->records.settlements()) out.push_back(std::move(record.outcome));
    return out;
}

char ProviderMarket::address_prefix() const {
    return parts_->context.address_prefix();
}

MarketConfig ProviderMarket::config() const {
    return parts_->settings.now();
}

void ProviderMarket::change(MarketConfig config) {
    config.miner = parts_->settings.now().miner;
    parts_->settings.set(std::move(config));
}

}  // namespace strata::market
