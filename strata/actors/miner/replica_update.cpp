// Replica updates put data into sectors of zeros. Source: FIP-0019, FIP-0076, docs/protocol/storage.md §2;
// builtin-actors v18 actors/miner/src/lib.rs.
#include <set>

#include <strata/actors/miner/activation.hpp>
#include <strata/actors/miner/commd.hpp>
#include <strata/actors/miner/deadline_edit.hpp>
#include <strata/actors/miner/handlers.hpp>
#include <strata/actors/miner/monies.hpp>
#include <strata/actors/miner/notifications.hpp>
#include <strata/actors/miner/proving.hpp>

namespace strata::actors::miner {
namespace {

constexpr std::size_t kMaxReplicaUpdateProofSize = 4096;

struct Update {
    const SectorUpdateManifest* manifest;
    const Bytes* proof;
    SectorOnChainInfo sector;
    std::optional<Cid> unsealed_cid;  // compact; verify() sets it
};

Done check_proofs(const ProveReplicaUpdates3Params& params) {
    if (params.sector_proofs.empty() == params.aggregate_proof.empty())
        return illegal_argument("the message must have either sector proofs or an aggregate proof, but has " +
                                std::string(params.sector_proofs.empty() ? "neither" : "both"));
    if (params.sector_proofs.empty() != params.aggregate_proof_type.has_value())
        return illegal_argument(params.aggregate_proof_type
                                    ? "the message has sector proofs, so the type of the aggregate proof must be null"
                                    : "the message has an aggregate proof, but not its type");
    return {};
}

ActorResult<std::vector<Update>> updates_of(Runtime& rt, const Sectors& sectors,
                                            const ProveReplicaUpdates3Params& params) {
    // With an aggregate proof there are no proofs of single sectors.
    static const Bytes kNoProof;
    std::vector<Update> out;
    for (std::size_t i = 0; i < params.sector_updates.size(); ++i) {
        STRATA_TRY(auto sector, sectors.must_get(rt, params.sector_updates[i].sector));
        const Bytes& proof = i < params.sector_proofs.size() ? params.sector_proofs[i] : kNoProof;
        out.push_back({&params.sector_updates[i], &proof, std::move(sector), std::nullopt});
    }
    return out;
}

Done validate(Runtime& rt, const State& state, const Update& update, RegisteredUpdateProof proof_type) {
    const auto& manifest = *update.manifest;
    if (update.proof->size() > kMaxReplicaUpdateProofSize)
        return illegal_argument("the proof of sector " + std::to_string(manifest.sector) + " has " +
                                std::to_string(update.proof->size()) + " bytes, expected at most " +
                                std::to_string(kMaxReplicaUpdateProofSize));
    if (manifest.deadline >= kWPoStPeriodDeadlines) return illegal_argument(no_such_deadline(manifest.deadline));
    if (!is_sealed_sector(manifest.new_sealed_cid))
        return illegal_argument("the new sealed CID " + manifest.new_sealed_cid.to_string() +
                                " is not a commitment to a replica");
    if (!deadline_is_mutable(state.current_proving_period_start(rt.epoch()), manifest.deadline, rt.epoch()))
        return illegal_argument(deadline_is_near(manifest.deadline));
    STRATA_TRY(const bool active, state.check_sector_active(rt, manifest.deadline, manifest.partition, manifest.sector,
                                                            /*require_proven=*/true));
    if (!active) return illegal_argument("sector " + std::to_string(manifest.sector) + " is not active");
    if (!(update.sector.deal_weight + update.sector.verified_deal_weight).is_zero())
        return illegal_argument("sector " + std::to_string(manifest.sector) + " already has data");
    const auto size = sector_size(update.sector.seal_proof);
    if (!size)
        return illegal_state("seal proof type " + std::to_string(std::to_underlying(update.sector.seal_proof)) +
                             " is unknown");
    const auto proven_size = sector_size(proof_type);
    if (!proven_size || *proven_size != *size)
        return illegal_argument("update proof type " + std::to_string(std::to_underlying(proof_type)) +
                                " is not for sectors of " + std::to_string(std::to_underlying(*size)) + " bytes");
    return {};
}

ActorResult<BatchReturn> validate_updates(Runtime& rt, const State& state, const std::vector<Update>& updates,
                                          const ProveReplicaUpdates3Params& params) {
    BatchReturn out;
    std::set<SectorNumber> seen;
    for (const auto& update : updates) {
        const bool is_new = seen.insert(update.manifest->sector).second;
        auto good = is_new ? validate(rt, state, update, params.update_proofs_type)
                           : Done(illegal_argument(sector_named_twice(update.manifest->sector)));
        if (!good && (params.require_activation_success || good.error().kind != Abort::Kind::exit))
            return std::move(good).error();
        out.add(good ? ExitCode::ok : ExitCode::illegal_argument);
    }
    return out;
}

ActorResult<bool> verify(Runtime& rt, Update& update, RegisteredUpdateProof proof_type) {
    const auto seal_proof = update.sector.seal_proof;
    STRATA_TRY(update.unsealed_cid, unsealed_cid_from_pieces(rt, update.manifest->pieces, seal_proof));
    STRATA_TRY(const Cid unsealed_cid, full_commd(update.unsealed_cid, seal_proof));
    auto verified = rt.kernel().verify_replica_update({.update_proof = proof_type,
                                                       .old_sealed_cid = update.sector.sealed_cid,
                                                       .new_sealed_cid = update.manifest->new_sealed_cid,
                                                       .new_unsealed_cid = unsealed_cid,
                                                       .proof = *update.proof});
    if (verified) return *verified;
    // builtin-actors treats every error number of the syscall as an invalid proof.
    if (verified.error().kind == vm::SyscallFailure::Kind::number) return false;
    return rt.abort_for(verified.error(), ExitCode::illegal_argument, "replica update");
}

ActorResult<BatchReturn> verify_all(Runtime& rt, std::vector<Update>& updates,
                                    const ProveReplicaUpdates3Params& params) {
    if (params.sector_proofs.empty())
        return illegal_argument(
            "aggregate proofs of replica updates are not supported; send one proof for each sector");
    if (params.sector_proofs.size() != params.sector_updates.size())
        return illegal_argument("the message has " + std::to_string(params.sector_proofs.size()) + " proofs for " +
                                std::to_string(params.sector_updates.size()) + " updates, expected one for each");
    BatchReturn out;
    for (auto& update : updates) {
        STRATA_TRY(const bool valid, verify(rt, update, params.update_proofs_type));
        if (!valid && params.require_activation_success)
            return illegal_argument("the update proof of sector " + std::to_string(update.manifest->sector) +
                                    " does not verify, and the message requires every update to succeed");
        out.add(valid ? ExitCode::ok : ExitCode::illegal_argument);
    }
    if (out.success_count == 0)
        return illegal_argument("none of the " + std::to_string(updates.size()) + " update proofs verifies");
    return out;
}

SectorOnChainInfo updated(const Update& update, const ActivatedData& data, ChainEpoch epoch, SectorSize size,
                          const NetworkPledgeInputs& pledge_inputs, std::uint32_t flags) {
    const auto& before = update.sector;
    SectorOnChainInfo out = before;
    const ChainEpoch duration = out.expiration - epoch;
    out.flags |= flags;
    out.sealed_cid = update.manifest->new_sealed_cid;
    // The first sealed CID is the key of the replica. Later updates keep it.
    if (!out.sector_key_cid) out.sector_key_cid = before.sealed_cid;
    out.power_base_epoch = epoch;
    out.deal_weight = data.unverified_space * duration;
    out.verified_deal_weight = data.verified_space * duration;
    out.expected_day_reward.reset();
    out.replaced_day_reward.reset();
    out.expected_storage_pledge.reset();
    const auto power = qa_power_for_sector(size, out);
    // An update may raise the pledge, but never frees any.
    out.initial_pledge = max(before.initial_pledge, pledge_inputs.initial_pledge(power));
    if (before.daily_fee.is_zero()) {  // older than FIP-0100
        out.daily_fee = daily_proof_fee(pledge_inputs.circulating_supply, power);
    } else {
        // Up to version 18 the old power is taken over the new duration, so that only the change of verified space
        // changes the fee. Source of the rule since version 19: builtin-actors #1760, actors/miner/src/lib.rs.
        const auto old_power = (flags & kFullQaPower) != 0
                                   ? qa_power_for_sector(size, before)
                                   : qa_power_for_weight(size, duration, before.verified_deal_weight);
        if (old_power != power) out.daily_fee = daily_proof_fee_adjust(before.daily_fee, old_power, power);
    }
    return out;
}

struct Deltas {
    PowerPair power;
    TokenAmount pledge;
};

// Replaces the sectors in the state. `data` holds one entry for each update.
ActorResult<Deltas> update_replica_states(Runtime& rt, Sectors& sectors, const std::vector<Update>& updates,
                                          const std::vector<ActivatedData>& data, SectorSize size) {
    STRATA_TRY(const auto pledge_inputs, request_network_pledge_inputs(rt));
    STRATA_TRY(auto state, rt.state<State>());
    STRATA_TRY(auto deadlines, state.load_deadlines(rt));
    if (updates.size() != data.size())
        return illegal_state("there is data for " + std::to_string(data.size()) + " sectors, expected " +
                             std::to_string(updates.size()));
    std::map<std::uint64_t, std::vector<std::size_t>> by_deadline;
    for (std::size_t i = 0; i < updates.size(); ++i) by_deadline[updates[i].manifest->deadline].push_back(i);

    const auto flags = new_sector_flags(rt.policy());
    Deltas deltas;
    std::vector<SectorOnChainInfo> new_sectors;
    for (const auto& [index, of_deadline] : by_deadline) {
        STRATA_TRY(auto edit, DeadlineEdit::begin(rt, state, deadlines, index, size));
        for (const auto i : of_deadline) {
            const auto& update = updates[i];
            if (update.sector.expiration == rt.epoch()) return zero_duration();
            const auto& sector =
                new_sectors.emplace_back(updated(update, data[i], rt.epoch(), size, pledge_inputs, flags));
            STRATA_TRY(auto partition, edit.partition(update.manifest->partition));
            STRATA_OK(
                edit.replace(update.manifest->partition, std::move(partition), {&update.sector, 1}, {&sector, 1}));
        }
        STRATA_OK(edit.finish(deadlines));
        deltas.power += edit.power_delta();
        deltas.pledge += edit.pledge_delta();
    }
    STRATA_OK(sectors.store(rt, new_sectors));
    STRATA_TRY(state.sectors, sectors.flush(rt));
    STRATA_OK(state.save_deadlines(rt, deadlines));
    STRATA_OK(lock_initial_pledge(rt, state, deltas.pledge));
    STRATA_OK(check_balance(rt, state));
    STRATA_OK(rt.set_state(state));
    return deltas;
}

Done announce(Runtime& rt, const std::vector<Update>& updates, bool require_success) {
    std::vector<ActivationNotifications> notifications;
    for (const auto& update : updates) {
        const auto& manifest = *update.manifest;
        notifications.push_back({manifest.sector, update.sector.expiration, &manifest.pieces});
        STRATA_OK(emit::sector_updated(rt, manifest.sector, update.unsealed_cid, emit::pieces_of(manifest.pieces)));
    }
    return notify_data_consumers(rt, notifications, require_success);
}

}  // namespace

ActorResult<BatchReturn> prove_replica_updates3(Runtime& rt, const ProveReplicaUpdates3Params& params) {
    STRATA_TRY(const auto state, rt.state<State>());
    STRATA_TRY(const auto info, state.get_info(rt));
    STRATA_OK(require_control(rt, info));
    STRATA_OK(check_proofs(params));
    STRATA_TRY(auto sectors, Sectors::load(rt, state.sectors));
    STRATA_TRY(const auto updates, updates_of(rt, sectors, params));
    STRATA_TRY(const auto valid, validate_updates(rt, state, updates, params));
    auto candidates = valid.successes(updates);
    STRATA_TRY(const auto verified, verify_all(rt, candidates, params));
    const auto proven = verified.successes(candidates);

    std::vector<SectorPieces> pieces;
    for (const auto& update : proven)
        pieces.push_back(
            {update.manifest->pieces, update.sector.expiration, update.sector.sector_number, update.sector.seal_proof});
    STRATA_TRY(const auto data, activate_sectors_pieces(rt, pieces, params.require_activation_success));
    if (data.results.success_count == 0)
        return illegal_argument("none of the " + std::to_string(proven.size()) +
                                " proven sectors could have its data activated");
    const auto activated = data.results.successes(proven);
    STRATA_TRY(const auto deltas, update_replica_states(rt, sectors, activated, data.activated, info.sector_size));
    STRATA_OK(notify_pledge_changed(rt, deltas.pledge));
    STRATA_OK(request_update_power(rt, deltas.power));
    STRATA_OK(announce(rt, activated, params.require_notification_success));
    // Each step ran over the successes of the step before. `then` maps the codes back to all sectors of the message.
    return valid.then(verified).then(data.results);
}

}  // namespace strata::actors::miner
