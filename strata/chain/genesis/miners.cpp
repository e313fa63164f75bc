// Makes miners by CreateMiner, their funds in the market, and the deals of their sectors.
#include <map>

#include <strata/actors/miner/lifetime.hpp>
#include <strata/actors/miner/monies.hpp>
#include <strata/actors/miner/quality.hpp>
#include <strata/actors/miner/state.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/reward/state.hpp>
#include <strata/chain/genesis/steps.hpp>

namespace strata::chain::genesis {
namespace {

namespace market = actors::market;
namespace miner = actors::miner;
namespace power = actors::power;

/// The circulating supply, in FIL, from which Lotus computes the deposit that it sends along (InitialFilReserved); the
/// actor takes less.
constexpr std::int64_t kDepositSupplyFil = 300'000'000;
/// The most deals of one message: the longest list that Lotus' encoding takes (cbor-gen MaxLength).
constexpr std::size_t kDealsPerMessage = 8192;

Error wrong(std::string_view what) {
    return fail(Errc::invalid_argument, "genesis: " + std::string(what));
}

Result<RegisteredPoStProof> window_proof(const Network& network, SectorSize size) {
    std::string allowed;
    for (const auto proof : network.policy->window_post_proofs) {
        STRATA_TRY(const auto proven_size, sector_size(proof));
        if (proven_size == size) return proof;
        allowed += (allowed.empty() ? "" : " or ") + std::to_string(static_cast<std::uint64_t>(proven_size));
    }
    return wrong("a miner has sectors of " + std::to_string(static_cast<std::uint64_t>(size)) + " bytes, expected " +
                 allowed + " on this network");
}

Result<TokenAmount> creation_deposit(Machine& machine) {
    STRATA_TRY(const auto reward, machine.state<actors::reward::State>(kRewardId));
    STRATA_TRY(const auto total, machine.state<power::State>(kPowerId));
    // A new miner deposits the pledge of a tenth of the least power that counts for consensus (FIP-0077).
    return miner::initial_pledge_for_power(div_floor(machine.network().policy->minimum_consensus_power, 10),
                                           reward.this_epoch_baseline_power, reward.this_epoch_reward_smoothed,
                                           total.this_epoch_qa_power_smoothed, fil(kDepositSupplyFil),
                                           /*epochs_since_ramp_start=*/0, total.ramp_duration_epochs);
}

// `earlier` is the number of miners that the owner has already.
Status create(Machine& machine, const GenesisMiner& what, Nonce earlier) {
    STRATA_TRY(const auto proof, window_proof(machine.network(), what.sector_size));
    STRATA_TRY(const auto deposit, creation_deposit(machine));
    const power::CreateMinerParams params{what.owner, what.worker, proof, what.peer_id, {}};
    STRATA_TRY(const auto answer,
               machine.call(what.owner, Address::id(kPowerId), power::kCreateMiner, to_cbor(params), deposit, earlier));
    STRATA_TRY(const auto created, from_cbor<power::CreateMinerReturn>(answer));
    if (created.id_address != what.id)
        return wrong("the ID of the new miner is " + created.id_address.to_string() + ", expected " +
                     what.id.to_string() + " as in the template");
    if (what.market_balance.sign() > 0)
        STRATA_OK(machine.call(what.worker, Address::id(kMarketId), market::kAddBalance, to_cbor(what.id),
                               what.market_balance));
    return {};
}

Result<ChainEpoch> sectors_expiration(Machine& machine, ActorId id) {
    // All sectors of a miner expire together, in the last epoch of a proving period, early enough not to exceed the
    // greatest extension (lotus chain/gen/genesis/miners.go, presealExp).
    constexpr ChainEpoch periods = kMaxSectorExtension / miner::kWPoStProvingPeriod;
    STRATA_TRY(const auto state, machine.state<miner::State>(id));
    return (periods - 1) * miner::kWPoStProvingPeriod + state.proving_period_start - 1;
}

/// Returns the deal of a sector: always verified and as long as the sector, whatever the template says.
market::DealProposal deal_of(const GenesisSector& sector, const CreatedMiner& miner) {
    market::DealProposal deal = sector.deal;
    deal.verified_deal = true;
    deal.end_epoch = miner.expiration;
    return deal;
}

Status publish(Machine& machine, const GenesisMiner& what, CreatedMiner& created,
               const market::PublishStorageDealsParams& params) {
    STRATA_TRY(const auto answer,
               machine.call(what.worker, Address::id(kMarketId), market::kPublishStorageDeals, to_cbor(params)));
    STRATA_TRY(const auto published, from_cbor<market::PublishStorageDealsReturn>(answer));
    if (published.ids.size() != params.deals.size())
        return wrong("the market accepts only " + std::to_string(published.ids.size()) + " of " +
                     std::to_string(params.deals.size()) + " deals of " + what.id.to_string());
    created.deals.insert(created.deals.end(), published.ids.begin(), published.ids.end());
    return {};
}

Status publish_all(Machine& machine, const GenesisMiner& what, CreatedMiner& created) {
    market::PublishStorageDealsParams params;
    for (const auto& sector : what.sectors) {
        if (sector.deal.provider != what.id)
            return wrong("a sector of " + what.id.to_string() + " has a deal of a different miner, " +
                         sector.deal.provider.to_string());
        auto deal = deal_of(sector, created);
        STRATA_TRY(auto signature, wallet::sign_with(sector.deal_client_key, to_cbor(deal)));
        created.qa_power.push_back(miner::qa_power_for_weight(what.sector_size, created.expiration,
                                                              BigInt(deal.piece_size) * BigInt(deal.duration())));
        params.deals.push_back({std::move(deal), std::move(signature)});
        if (params.deals.size() < kDealsPerMessage) continue;
        STRATA_OK(publish(machine, what, created, params));
        params.deals.clear();
    }
    if (params.deals.empty()) return {};
    return publish(machine, what, created, params);
}

}  // namespace

Result<std::vector<CreatedMiner>> make_miners(Machine& machine, const std::vector<GenesisMiner>& miners) {
    std::vector<CreatedMiner> out;
    std::map<Address, Nonce> of_owner;
    for (const auto& what : miners) {
        const ActorId id = kFirstMinerId + out.size();
        if (what.id != Address::id(id))
            return wrong("a miner has the ID " + what.id.to_string() + ", expected f0" + std::to_string(id) +
                         ": miners are numbered without gaps");
        // With the same nonce, a second miner of the owner would get the address of the first one. The reference cannot
        // make such a genesis.
        STRATA_OK(create(machine, what, of_owner[what.owner]++));
        auto& created = out.emplace_back();
        created.id = what.id;
        STRATA_TRY(created.expiration, sectors_expiration(machine, id));
        STRATA_OK(publish_all(machine, what, created));
    }
    return out;
}

}  // namespace strata::chain::genesis
