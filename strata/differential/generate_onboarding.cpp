// New miners, and sectors from their pre-commitment to data: pre-commit, prove, non-interactive seals, replica updates.
#include <strata/actors/market/types.hpp>
#include <strata/actors/power/state.hpp>
#include <strata/actors/read/market.hpp>
#include <strata/actors/read/verifreg.hpp>
#include <strata/actors/verifreg/types.hpp>
#include <strata/differential/miner_now.hpp>
#include <strata/proofs/piece/commitment.hpp>

namespace strata::differential {
namespace {

using namespace actors::miner;
using actors::market::Deal;

constexpr std::size_t kEnoughMiners = 5;
constexpr std::size_t kMaxPreCommits = 12;
constexpr ChainEpoch kProveWithin = kMaxProveCommitDelay + 10;  // the devnet's delay of the challenge is 10 epochs
constexpr ChainEpoch kChallengeDelay = 10;

const Person* with_bls_key(Scene& scene) {
    std::vector<const Person*> all;
    for (const auto* person : scene.view.senders())
        if (person->key.type == wallet::KeyType::bls) all.push_back(person);
    return all.empty() ? nullptr : scene.dice.pick(all);
}

Made create_miner(Scene& scene) {
    if (scene.view.all(vm::ActorType::miner).size() >= kEnoughMiners && scene.dice.chance(85)) return nothing();
    const auto* worker = scene.dice.chance(95) ? with_bls_key(scene) : &scene.anybody();
    if (worker == nullptr) return nothing();
    actors::power::CreateMinerParams params;
    params.owner = scene.anybody().address;
    params.worker = worker->address;
    params.window_post_proof =
        RegisteredPoStProof{scene.dice.chance(90) ? scene.dice.between(10, 11) : scene.dice.between(-1, 20)};
    params.peer = scene.dice.bytes(scene.dice.chance(95) ? scene.dice.below(40) : 129);
    for (auto count = scene.dice.below(3); count > 0; --count)
        params.multiaddrs.push_back(scene.dice.bytes(scene.dice.below(9)));
    const bool exported = scene.dice.chance(30);
    return std::optional(scene.send(scene.anybody(), kPowerId, exported ? 1173380165 : actors::power::kCreateMiner,
                                    params, "make a miner",
                                    scene.dice.chance(95) ? fil(scene.dice.between(10, 5000)) : 0));
}

Made fund_miner(Scene& scene) {
    const auto id = scene.any(vm::ActorType::miner);
    if (!id) return nothing();
    return std::optional(
        scene.send(scene.anybody(), *id, kMethodSend, "fund a miner", fil(scene.dice.between(1, 30'000))));
}

// Fills a sector, or a part of it, from published deals, allocations and data that nobody paid for. Their sizes are
// powers of two, so pieces in descending order leave no gaps.
Result<std::vector<PlannedPiece>> plan_pieces(Scene& scene, const MinerNow& miner) {
    std::vector<PlannedPiece> candidates;
    STRATA_TRY(const auto market, actors::read::Market::load(scene.view.tree()));
    STRATA_OK(market.for_each_deal([&](DealId id, const Deal& deal) -> Status {
        const bool waits = deal.state.sector_start_epoch == kEpochUndefined && deal.proposal.start_epoch > scene.epoch;
        if (waits && deal.proposal.provider == Address::id(miner.id))
            candidates.push_back({deal.proposal.piece_cid, deal.proposal.piece_size, {}, id});
        return {};
    }));
    STRATA_TRY(const auto registry, actors::read::VerifiedRegistry::load(scene.view.tree()));
    STRATA_OK(registry.for_each_allocation(
        {}, [&](std::uint64_t id, const actors::verifreg::Allocation& allocation) -> Status {
            if (allocation.provider != miner.id) return {};
            // A verified deal has an allocation for its piece.
            const auto deal = std::ranges::find(candidates, allocation.data, &PlannedPiece::cid);
            if (deal != candidates.end() && deal->deal) {
                deal->allocation = {allocation.client, id};
            } else {
                candidates.push_back({allocation.data, allocation.size, std::pair(allocation.client, id), {}});
            }
            return {};
        }));
    for (auto count = scene.dice.below(2); count > 0; --count)
        candidates.push_back({any_piece(scene.dice), std::uint64_t{128} << scene.dice.below(5), {}, {}});

    std::vector<PlannedPiece> out;
    std::uint64_t room = static_cast<std::uint64_t>(miner.info.sector_size);
    std::ranges::sort(candidates, std::greater{}, &PlannedPiece::size);
    for (auto& piece : candidates) {
        if (piece.size > room || out.size() == 4 || !scene.dice.chance(60)) continue;
        room -= piece.size;
        out.push_back(std::move(piece));
    }
    return out;
}

Result<Cid> data_commitment(const MinerNow& miner, const std::vector<PlannedPiece>& pieces) {
    std::vector<PieceInfo> infos;
    for (const auto& piece : pieces) infos.push_back({piece.size, piece.cid});
    STRATA_TRY(const auto comm_d, proofs::sector_comm_d(static_cast<std::uint64_t>(miner.info.sector_size), infos));
    return proofs::piece_cid(comm_d);
}

Result<SectorNumber> free_number(Scene& scene, const MinerNow& miner) {
    STRATA_TRY(const auto taken, miner.reader.allocated_numbers());
    SectorNumber number = scene.dice.chance(70) ? taken.last().value_or(0) + 1 : scene.dice.below(400);
    while (taken.contains(number)) ++number;
    return scene.dice.chance(97) ? number : taken.first().value_or(number);
}

ChainEpoch some_expiration(Scene& scene, ChainEpoch activation) {
    const ChainEpoch least = activation + kMinSectorLifetime;
    const ChainEpoch most = scene.epoch + kMaxSectorExtension;
    if (scene.dice.chance(5)) return scene.dice.one_of<ChainEpoch>({least - 1, most + 1, 0, scene.epoch});
    if (scene.dice.chance(40)) return least + scene.dice.between(0, 20'000);
    return scene.dice.between(least, most);
}

Result<std::size_t> precommit_count(Scene& scene, const MinerNow& miner) {
    STRATA_TRY(const auto map, PreCommits::load(scene.view.blocks(), miner.state.pre_committed_sectors));
    std::size_t count = 0;
    STRATA_OK(map.for_each([&](SectorNumber, const SectorPreCommitOnChainInfo&) -> Status {
        ++count;
        return {};
    }));
    return count;
}

Made pre_commit(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    STRATA_TRY(const auto waiting, precommit_count(scene, *miner));
    if (waiting >= kMaxPreCommits) return nothing();
    PreCommitSectorBatchParams2 params;
    auto& dice = scene.dice;
    const std::int64_t group = dice.chance(80) ? 5 : dice.chance(80) ? 10 : dice.one_of<std::int64_t>({0, 15, -5});
    STRATA_TRY(SectorNumber number, free_number(scene, *miner));
    for (auto count = 1 + dice.below(dice.chance(30) ? 6 : 2); count > 0; --count, ++number) {
        SectorPreCommitInfo info{.seal_proof = RegisteredSealProof{group + miner->size_index()},
                                 .sector_number = number,
                                 .sealed_cid = dice.chance(98) ? any_replica(dice) : any_piece(dice),
                                 .seal_rand_epoch = scene.epoch - dice.between(dice.chance(97) ? 1 : 0, 500),
                                 .deal_ids = {},
                                 .expiration = some_expiration(scene, scene.epoch + kProveWithin),
                                 .unsealed_cid = {}};
        info.seal_rand_epoch = std::max<ChainEpoch>(info.seal_rand_epoch, 0);
        if (dice.chance(60)) {
            STRATA_TRY(auto pieces, plan_pieces(scene, *miner));
            if (!pieces.empty()) {
                STRATA_TRY(info.unsealed_cid, data_commitment(*miner, pieces));
                if (dice.chance(5))
                    for (const auto& piece : pieces)
                        if (piece.deal) info.deal_ids.push_back(*piece.deal);
                scene.memory.pieces[*info.unsealed_cid] = std::move(pieces);
            }
        }
        params.sectors.push_back(std::move(info));
    }
    return control(scene, *miner, kPreCommitSectorBatch2, params, "pre-commit");
}

// The manifest of planned pieces. The market and others are told of the pieces that ask for it.
std::vector<PieceActivationManifest> manifest_of(Scene& scene, const std::vector<PlannedPiece>& pieces) {
    std::vector<PieceActivationManifest> out;
    for (const auto& piece : pieces) {
        auto& one = out.emplace_back(PieceActivationManifest{piece.cid, piece.size, {}, {}});
        if (piece.allocation && scene.dice.chance(95))
            one.verified_allocation_key = VerifiedAllocationKey{piece.allocation->first, piece.allocation->second};
        if (piece.deal && scene.dice.chance(95)) one.notify.push_back({Address::id(kMarketId), to_cbor(*piece.deal)});
        if (scene.dice.chance(8)) one.notify.push_back({scene.any_address(), scene.dice.bytes(5)});
    }
    return out;
}

std::vector<PlannedPiece> planned(Scene& scene, const std::optional<Cid>& commitment) {
    if (!commitment) return {};
    const auto it = scene.memory.pieces.find(*commitment);
    return it == scene.memory.pieces.end() ? std::vector<PlannedPiece>{} : it->second;
}

Made prove_commit(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    STRATA_TRY(const auto map, PreCommits::load(scene.view.blocks(), miner->state.pre_committed_sectors));
    std::vector<SectorPreCommitOnChainInfo> ready;
    STRATA_OK(map.for_each([&](SectorNumber, const SectorPreCommitOnChainInfo& info) -> Status {
        if (info.pre_commit_epoch + kChallengeDelay < scene.epoch || scene.dice.chance(2)) ready.push_back(info);
        return {};
    }));
    auto& dice = scene.dice;
    if (ready.empty()) return nothing();
    // All sectors of a message have the same kind of seal, or the message is refused.
    const auto proof = dice.pick(ready).info.seal_proof;
    ProveCommitSectors3Params params;
    for (const auto& info : ready) {
        if ((info.info.seal_proof != proof && dice.chance(98)) || dice.chance(15)) continue;
        params.sector_activations.push_back(
            {info.info.sector_number, manifest_of(scene, planned(scene, info.info.unsealed_cid))});
    }
    const bool aggregate = params.sector_activations.size() >= 4 ? dice.chance(60) : dice.chance(3);
    if (aggregate) {
        params.aggregate_proof = any_proof(dice, 6);
        params.aggregate_proof_type =
            dice.chance(95) ? RegisteredAggregateProof::snark_pack_v2 : RegisteredAggregateProof::snark_pack_v1;
    } else {
        for (std::size_t i = 0; i < params.sector_activations.size(); ++i)
            params.sector_proofs.push_back(any_proof(dice, 8));
    }
    params.require_activation_success = dice.chance(40);
    params.require_notification_success = dice.chance(40);
    return control(scene, *miner, kProveCommitSectors3, params, aggregate ? "prove an aggregate" : "prove");
}

Made prove_commit_ni(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    auto& dice = scene.dice;
    ProveCommitSectorsNiParams params;
    params.seal_proof_type = RegisteredSealProof{(dice.chance(97) ? 15 : 5) + miner->size_index()};
    params.aggregate_proof_type =
        dice.chance(97) ? RegisteredAggregateProof::snark_pack_v2 : RegisteredAggregateProof::snark_pack_v1;
    params.aggregate_proof = any_proof(dice, 6);
    params.require_activation_success = dice.chance(50);
    params.proving_deadline = dice.below(dice.chance(97) ? kWPoStPeriodDeadlines : kWPoStPeriodDeadlines + 2);
    for (int i = 0; i < 10 && !miner->is_mutable(params.proving_deadline, scene.epoch); ++i)
        params.proving_deadline = dice.below(kWPoStPeriodDeadlines);
    STRATA_TRY(SectorNumber number, free_number(scene, *miner));
    for (auto count = 1 + dice.below(5); count > 0; --count, ++number)
        params.sectors.push_back({.sealing_number = dice.chance(97) ? number : number + 1,
                                  .sealer_id = dice.chance(97) ? miner->id : miner->id + 1,
                                  .sealed_cid = dice.chance(97) ? any_replica(dice) : any_piece(dice),
                                  .sector_number = number,
                                  .seal_rand_epoch = std::max<ChainEpoch>(scene.epoch - dice.between(1, 500), 0),
                                  .expiration = some_expiration(scene, scene.epoch)});
    return control(scene, *miner, kProveCommitSectorsNi, params, "prove non-interactive seals");
}

Made prove_update(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    STRATA_TRY(const auto placed, partitions_of(*miner));
    auto& dice = scene.dice;
    ProveReplicaUpdates3Params params;
    std::set<DealId> deals;
    std::set<std::uint64_t> allocations;
    for (const auto& place : placed) {
        if (!miner->is_mutable(place.deadline, scene.epoch) && dice.chance(98)) continue;
        STRATA_TRY(const auto active, place.view.active.positions(10'000));
        for (const auto number : active) {
            STRATA_TRY(const auto sector, miner->reader.sector(number));
            const bool empty = sector && (sector->deal_weight + sector->verified_deal_weight).is_zero();
            if ((!empty && dice.chance(95)) || params.sector_updates.size() == 3 || dice.chance(40)) continue;
            STRATA_TRY(auto pieces, plan_pieces(scene, *miner));
            std::erase_if(pieces, [&](const PlannedPiece& piece) {
                return (piece.deal && !deals.insert(*piece.deal).second) ||
                       (piece.allocation && !allocations.insert(piece.allocation->second).second);
            });
            params.sector_updates.push_back(
                {number, place.deadline, place.partition, any_replica(dice), manifest_of(scene, pieces)});
            params.sector_proofs.push_back(any_proof(dice, 8));
        }
    }
    if (params.sector_updates.empty()) return nothing();
    params.update_proofs_type = RegisteredUpdateProof{miner->size_index()};
    params.require_activation_success = dice.chance(40);
    params.require_notification_success = dice.chance(40);
    if (dice.chance(3)) params.aggregate_proof = any_proof(dice, 0);
    if (dice.chance(2)) params.sector_updates.push_back(params.sector_updates[0]);
    return control(scene, *miner, kProveReplicaUpdates3, params, "update replicas");
}

// Only genesis uses this method: an account is refused.
Made setup_preseal(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    return control(scene, *miner, kInternalSectorSetupForPreseal,
                   InternalSectorSetupForPresealParams{{0, 1}, {}, {}, {}}, "set up pre-sealed sectors");
}

// The system can: it activates a pre-commitment with deals without a proof.
Made setup_preseal_as_system(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    STRATA_TRY(const auto map, PreCommits::load(scene.view.blocks(), miner->state.pre_committed_sectors));
    InternalSectorSetupForPresealParams params;
    STRATA_OK(map.for_each([&](SectorNumber number, const SectorPreCommitOnChainInfo& info) -> Status {
        if (!info.info.deal_ids.empty() || scene.dice.chance(5)) params.sectors.push_back(number);
        return {};
    }));
    if (params.sectors.empty()) return nothing();
    params.reward_smoothed = actors::FilterEstimate::of(fil(36), fil(0));
    params.reward_baseline_power = BigInt::pow2(50);
    params.quality_adj_power_smoothed = actors::FilterEstimate::of(BigInt::pow2(50), 0);
    auto step = scene.message(Address::id(kSystemId), Address::id(miner->id), kInternalSectorSetupForPreseal,
                              to_cbor(params), 0, "set up pre-sealed sectors as the system");
    step.kind = Step::Kind::implicit;
    return std::optional(std::move(step));
}

constexpr Action kActions[] = {{"make a miner", 4, &create_miner},
                               {"fund a miner", 6, &fund_miner},
                               {"pre-commit", 14, &pre_commit},
                               {"prove", 14, &prove_commit},
                               {"prove non-interactive", 8, &prove_commit_ni},
                               {"update replicas", 10, &prove_update},
                               {"set up pre-sealed", 1, &setup_preseal},
                               {"set up pre-sealed as system", 1, &setup_preseal_as_system}};

}  // namespace

std::span<const Action> onboarding_actions() {
    return kActions;
}

}  // namespace strata::differential
