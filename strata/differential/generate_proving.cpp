// WindowPoSts, disputes, faults and recoveries, extensions, terminations, compaction.
#include <strata/actors/miner/deadline.hpp>
#include <strata/actors/read/verifreg.hpp>
#include <strata/actors/verifreg/types.hpp>
#include <strata/differential/doors.hpp>
#include <strata/differential/miner_now.hpp>

namespace strata::differential {
namespace {

using namespace actors::miner;

constexpr std::int64_t kPoStChainCommitTag = 9;  // builtin-actors runtime/src/runtime/randomness.rs
constexpr std::uint64_t kMostSectors = 10'000;

// As the runtime of the actors mixes it: tag, digest, epoch; there is no entropy.
Result<Bytes> commit_randomness(ChainEpoch epoch) {
    RuleExterns externs;
    STRATA_TRY(const auto digest, externs.chain_randomness(epoch));
    Bytes input(8);
    store_be(input.data(), static_cast<std::uint64_t>(kPoStChainCommitTag));
    append(input, digest);
    ByteArray<8> at;
    store_be(at.data(), static_cast<std::uint64_t>(epoch));
    append(input, at);
    return to_bytes(Cid::hash_of(Codec::raw, input).digest());
}

// The partitions of the open deadline that need a proof, at most three.
Result<std::vector<PoStPartition>> due_partitions(Scene& scene, const MinerNow& miner, std::uint64_t index) {
    STRATA_TRY(const auto views, miner.reader.partitions(index));
    STRATA_TRY(const auto summaries, miner.reader.deadlines());
    std::vector<PoStPartition> out;
    for (std::size_t i = 0; i < views.size() && out.size() < 3; ++i) {
        const auto provable = views[i].live - (views[i].faults - views[i].recoveries);
        if (provable.empty() || summaries[index].posted.contains(i)) continue;
        PoStPartition partition{i, {}};
        if (scene.dice.chance(12)) partition.skipped = some_of(scene.dice, views[i].live);
        out.push_back(std::move(partition));
        if (scene.dice.chance(30)) break;
    }
    return out;
}

Result<Step> post_of(Scene& scene, const MinerNow& miner, std::uint64_t deadline, std::vector<PoStPartition> partitions,
                     ChainEpoch challenge) {
    auto& dice = scene.dice;
    SubmitWindowedPoStParams params;
    params.deadline = deadline;
    params.partitions = std::move(partitions);
    // A bad proof is accepted and can be disputed later, unless it recovers sectors.
    params.proofs.push_back({miner.info.window_post_proof_type, any_proof(dice, 12)});
    const ChainEpoch oldest = std::max<ChainEpoch>(challenge, 0);
    params.chain_commit_epoch = oldest < scene.epoch ? dice.between(oldest, scene.epoch - 1) : scene.epoch;
    STRATA_TRY(params.chain_commit_rand, commit_randomness(params.chain_commit_epoch));
    if (dice.chance(2)) params.chain_commit_rand[0] ^= 1;
    const auto* worker = scene.view.person_of(miner.info.worker.as_id().value_or(0));
    const Person& from = worker != nullptr ? *worker : scene.anybody();
    return scene.send(from, miner.id, kSubmitWindowedPost, params, "window post");
}

Made any_post(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    const auto now = miner->deadline(scene.epoch);
    STRATA_TRY(auto step, post_of(scene, *miner, scene.dice.chance(70) ? now.index : scene.dice.below(48),
                                  {{scene.dice.below(3), {}}}, now.challenge));
    return std::optional(std::move(step));
}

Made dispute(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    STRATA_TRY(const auto deadlines, get_cbor<Deadlines>(scene.view.blocks(), miner->state.deadlines));
    std::vector<DisputeWindowedPoStParams> all;
    for (std::uint64_t index = 0; index < deadlines.due.size(); ++index) {
        STRATA_TRY(const auto deadline, get_cbor<Deadline>(scene.view.blocks(), deadlines.due[index]));
        STRATA_TRY(const auto posts, Posts::load(scene.view.blocks(), deadline.optimistic_post_submissions_snapshot,
                                                 kOptimisticPostsWidth));
        STRATA_OK(posts.for_each([&](std::uint64_t post, const WindowedPoSt& content) -> Status {
            const bool bad = as_text(content.proofs.at(0).bytes).starts_with("bad");
            if (bad || scene.dice.chance(15)) all.push_back({index, post});
            return {};
        }));
    }
    if (all.empty()) return nothing();
    return std::optional(
        scene.send(scene.anybody(), miner->id, kDisputeWindowedPost, scene.dice.pick(all), "dispute a post"));
}

using Choose = BitField (*)(const actors::read::PartitionView&);

// Declares sectors of some partitions. Near deadlines are mostly left out, because they are refused.
Result<std::vector<SectorDeclaration>> declarations(Scene& scene, const MinerNow& miner, Choose choose,
                                                    ChainEpoch notice) {
    STRATA_TRY(const auto placed, partitions_of(miner));
    std::vector<SectorDeclaration> out;
    for (const auto& place : placed) {
        const auto target =
            DeadlineInfo::at(miner.state.current_proving_period_start(scene.epoch), place.deadline, scene.epoch)
                .next_not_elapsed();
        const auto sectors = choose(place.view);
        const bool late = target.open - notice <= scene.epoch;
        if (sectors.empty() || (late && scene.dice.chance(95)) || !scene.dice.chance(50)) continue;
        out.push_back({place.deadline, place.partition, some_of(scene.dice, sectors)});
        if (scene.dice.chance(50)) break;
    }
    return out;
}

Made declare_faults(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    STRATA_TRY(auto all, declarations(scene, *miner, [](const auto& view) { return view.live; }, 72));
    if (all.empty()) return nothing();
    return control(scene, *miner, kDeclareFaults, DeclareFaultsParams{std::move(all)}, "declare faults");
}

Made declare_recovered(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    STRATA_TRY(auto all, declarations(scene, *miner, [](const auto& view) { return view.faults; }, 72));
    if (all.empty()) return nothing();
    return control(scene, *miner, kDeclareFaultsRecovered, DeclareFaultsRecoveredParams{std::move(all)},
                   "declare recoveries");
}

Made terminate(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    STRATA_TRY(auto all, declarations(scene, *miner, [](const auto& view) { return view.live; }, 62));
    if (all.empty()) return nothing();
    return control(scene, *miner, kTerminateSectors, TerminateSectorsParams{std::move(all)}, "terminate sectors");
}

Made extend(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    STRATA_TRY(const auto placed, partitions_of(*miner));
    STRATA_TRY(const auto registry, actors::read::VerifiedRegistry::load(scene.view.tree()));
    auto& dice = scene.dice;
    ExtendSectorExpiration2Params params;
    for (const auto& place : placed) {
        if (place.view.active.empty() || !dice.chance(40)) continue;
        ExpirationExtension2 extension{place.deadline, place.partition, {}, {}, 0};
        STRATA_TRY(const auto numbers, some_of(dice, place.view.active).positions(kMostSectors));
        for (const auto number : numbers) {
            STRATA_TRY(const auto sector, miner->reader.sector(number));
            if (!sector) continue;
            extension.new_expiration = std::max(extension.new_expiration, sector->expiration);
            SectorClaim claims{number, {}, {}};
            ChainEpoch claims_end = scene.epoch + kMaxSectorExtension;
            STRATA_OK(registry.for_each_claim(
                miner->id, [&](std::uint64_t id, const actors::verifreg::Claim& claim) -> Status {
                    if (claim.sector != number) return {};
                    (dice.chance(90) ? claims.maintain_claims : claims.drop_claims).push_back(id);
                    claims_end = std::min(claims_end, claim.expires());
                    return {};
                }));
            if (claims.maintain_claims.empty() && claims.drop_claims.empty()) {
                extension.sectors.set(number);
            } else {
                extension.sectors_with_claims.push_back(std::move(claims));
            }
        }
        extension.new_expiration += dice.between(dice.chance(97) ? 0 : -1000, dice.chance(95) ? 300'000 : 3'000'000);
        params.extensions.push_back(std::move(extension));
        if (dice.chance(50)) break;
    }
    if (params.extensions.empty()) return nothing();
    return control(scene, *miner, kExtendSectorExpiration2, params, "extend sectors");
}

Made compact_partitions(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    STRATA_TRY(const auto placed, partitions_of(*miner));
    const ChainEpoch period = miner->state.current_proving_period_start(scene.epoch);
    std::vector<CompactPartitionsParams> all;
    for (const auto& place : placed) {
        const bool allowed = deadline_available_for_compaction(period, place.deadline, scene.epoch);
        const bool clean = place.view.faults.empty() && place.view.active == place.view.live;
        if ((allowed && clean) || scene.dice.chance(2)) all.push_back({place.deadline, {place.partition}});
    }
    if (all.empty()) return nothing();
    auto params = scene.dice.pick(all);
    for (const auto& other : all)
        if (other.deadline == params.deadline && scene.dice.chance(50)) params.partitions |= other.partitions;
    return control(scene, *miner, kCompactPartitions, params, "compact partitions");
}

Made compact_numbers(Scene& scene) {
    STRATA_TRY(const auto miner, any_miner(scene));
    if (!miner) return nothing();
    STRATA_TRY(const auto taken, miner->reader.allocated_numbers());
    const auto begin = scene.dice.chance(80) ? taken.last().value_or(0) + 1 : scene.dice.below(400);
    const auto mask = BitField::range(begin, begin + scene.dice.below(20));
    return control(scene, *miner, kCompactSectorNumbers, CompactSectorNumbersParams{mask}, "compact sector numbers");
}

constexpr Action kActions[] = {{"any post", 2, &any_post},
                               {"dispute", 5, &dispute},
                               {"faults", 6, &declare_faults},
                               {"recoveries", 9, &declare_recovered},
                               {"terminate", 3, &terminate},
                               {"extend", 6, &extend},
                               {"compact partitions", 5, &compact_partitions},
                               {"compact numbers", 2, &compact_numbers}};

}  // namespace

Made submit_due_post(Scene& scene) {
    std::vector<Step> all;
    for (const ActorId id : scene.view.all(vm::ActorType::miner)) {
        STRATA_TRY(const auto miner, load_miner(scene, id));
        const auto now = miner.deadline(scene.epoch);
        if (!now.is_open()) continue;
        STRATA_TRY(auto partitions, due_partitions(scene, miner, now.index));
        if (partitions.empty()) continue;
        STRATA_TRY(all.emplace_back(), post_of(scene, miner, now.index, std::move(partitions), now.challenge));
    }
    if (all.empty()) return nothing();
    return std::optional(scene.dice.pick(all));
}

Result<std::optional<ChainEpoch>> next_due_epoch(Scene& scene) {
    std::optional<ChainEpoch> out;
    for (const ActorId id : scene.view.all(vm::ActorType::miner)) {
        STRATA_TRY(const auto miner, load_miner(scene, id));
        STRATA_TRY(const auto placed, partitions_of(miner));
        const ChainEpoch period = miner.state.current_proving_period_start(scene.epoch);
        for (const auto& place : placed) {
            if (place.view.live.empty()) continue;
            ChainEpoch open = DeadlineInfo::at(period, place.deadline, scene.epoch).next_not_elapsed().open;
            if (open <= scene.epoch) open += kWPoStProvingPeriod;
            if (!out || open < *out) out = open;
        }
    }
    return out;
}

std::span<const Action> proving_actions() {
    return kActions;
}

}  // namespace strata::differential
