// The heavy steps. Each is a job, and after a restart of the program the job starts again from the sector's record.
// Source: docs/protocol/storage.md §6.1, §6.2.
#include <fmt/format.h>

#include <chrono>

#include <strata/base/log.hpp>
#include <strata/provider/sector_machine.hpp>
#include <strata/types/basic.hpp>

namespace strata::provider {
namespace {

/// After this many failures of a step in a row, the sector repeats the step before it or is given up.
constexpr std::uint32_t kAttempts = 3;
/// Removing files rarely fails, and a sealed sector is worth many attempts.
constexpr std::uint32_t kFinalizeAttempts = 100;
/// How often a sector is sealed from the start before it is given up.
constexpr std::uint32_t kRounds = 3;
/// A sector whose ticket is older than this is sealed with a new ticket, so that at least an hour is left for the
/// pre-commitment to land.
constexpr ChainEpoch kTicketLifetime = kMaxTicketAge - kEpochsInHour;

/// Returns the result of a job as an array; it must have N bytes.
template <std::size_t N>
Result<ByteArray<N>> array_of(const Bytes& bytes) {
    if (bytes.size() != N)
        return fail(Errc::malformed,
                    fmt::format("a job of the provider returned {} bytes, expected {}", bytes.size(), N));
    ByteArray<N> out;
    std::ranges::copy(bytes, out.begin());
    return out;
}

/// Returns true if a step failed because the disk is full, which is not the sector's fault.
bool is_full(const Error& error) {
    return error.code() == Errc::no_space;
}

const Log kLog("provider");
/// How long a sector waits on a full disk before it tries again: two minutes. These attempts are not counted.
constexpr ChainEpoch kSpaceDelay = 4;

std::string_view step_name(SectorState state) {
    switch (state) {
        case SectorState::pre_commit_1:
            return "pre_commit_1";
        case SectorState::pre_commit_2:
            return "pre_commit_2";
        default:
            return "commit";
    }
}

std::string job_name(ActorId miner, SectorNumber number, std::string_view what) {
    return fmt::format("seal/{}/{}/{}", miner, number, what);
}

}  // namespace

SealWork SectorMachine::seal_work(const SectorRecord& record) const {
    SealWork work{record.proof, context_.miner, record.number, record.ticket, {}, record.comm_d, {}};
    work.pieces = record.piece_infos();
    work.files = context_.files(record.number);
    work.files.unsealed = context_.files(record.data_number).unsealed;
    return work;
}

void SectorMachine::drop_jobs(SectorNumber number) {
    for (const auto* what : {"p1", "p2", "c"}) context_.jobs.drop(job_name(context_.miner, number, what));
}

template <class Make>
std::optional<Result<Bytes>> SectorMachine::work(const SectorRecord& record, std::string_view what, ChainEpoch lead,
                                                 Make make) {
    if (epoch_ < record.since) {
        wakeups_->wake_at(record.since);
        return std::nullopt;
    }
    const auto name = job_name(context_.miner, record.number, what);
    auto& took = took_[name];  // shared, because the job may outlive this object
    if (!took) took = std::make_shared<std::atomic<double>>(0);
    const auto measured = [&] {
        return [work = make(), took](const auto& stop) {
            const auto began = std::chrono::steady_clock::now();
            Result<Bytes> out = work(stop);
            *took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
            return out;
        };
    };
    auto result =
        job_result(context_.jobs, name, Jobs::Urgency::background, record.since + lead, epoch_, *wakeups_, measured);
    if (!result) return result;
    if (*result && context_.config.on_sealed) context_.config.on_sealed(step_name(record.state), *took);
    took_.erase(name);
    return result;
}

SectorMachine::Step SectorMachine::pre_commit_1(SectorRecord& record) {
    // A pre-committed sector is bound to its ticket. The others can still take a new one.
    const bool promised = record.pre_commit_epoch != kEpochUndefined;
    if (!promised && epoch_ > record.ticket_epoch + kTicketLifetime) return enter(record, SectorState::packing);
    const auto result = work(record, "p1", context_.config.leads.pre_commit_1, [&] {
        return [prover = context_.prover, work = seal_work(record)](const auto& stop) -> Result<Bytes> {
            STRATA_OK(prover->pre_commit_1(work, stop));
            return Bytes{};
        };
    });
    if (!result) return false;
    if (!*result && is_full(result->error())) return wait_for_space(record, result->error());
    if (!*result) return try_again(record, result->error().message(), kAttempts);
    return enter(record, SectorState::pre_commit_2);
}

SectorMachine::Step SectorMachine::pre_commit_2(SectorRecord& record) {
    const auto result = work(record, "p2", context_.config.leads.pre_commit_2, [&] {
        return [prover = context_.prover, work = seal_work(record)](const auto& stop) -> Result<Bytes> {
            STRATA_TRY(const auto comm_r, prover->pre_commit_2(work, stop));
            return to_bytes(comm_r);
        };
    });
    if (!result) return false;
    if (!*result) {
        if (is_full(result->error())) return wait_for_space(record, result->error());
        if (record.failures + 1 < kAttempts) return try_again(record, result->error().message(), kAttempts);
        return seal_again(record, result->error().message());  // the layers that the step reads may be damaged
    }
    STRATA_TRY(record.comm_r, array_of<32>(**result));
    return enter(record, SectorState::pre_commit);
}

SectorMachine::Step SectorMachine::commit(SectorRecord& record) {
    const auto result = work(record, "c", context_.config.leads.commit, [&] {
        return [prover = context_.prover, work = seal_work(record), comm_r = record.comm_r, seed = record.seed,
                entropy = context_.random.bytes<32>()](const auto& stop) -> Result<Bytes> {
            crypto::SeededRandom random(entropy);
            return prover->commit(work, comm_r, seed, random, stop);
        };
    });
    if (!result) return false;
    if (!*result) {
        if (is_full(result->error())) return wait_for_space(record, result->error());
        // An invalid proof may be an accident of the machine, but after an earlier failure the layers are likely wrong.
        const bool wrong = result->error().code() == Errc::verification && record.failures >= 1;
        if (wrong || record.failures + 1 >= kAttempts) return seal_again(record, result->error().message());
        return try_again(record, result->error().message(), kAttempts);
    }
    record.seal_proof = **result;
    return enter(record, SectorState::prove_commit);
}

SectorMachine::Step SectorMachine::wait_for_space(SectorRecord& record, const Error& error) {
    static LogLimit limit(1, std::chrono::minutes(10));
    kLog.limited(limit, LogLevel::warning, "sealing waits because the disk is full; it continues once there is space",
                 {{"sector", record.number}, {"error", error}});
    record.reason = error.message();
    record.since = epoch_ + kSpaceDelay;
    wakeups_->wake_at(record.since);
    // The records may be on the full disk too. If this one cannot be saved, the step is tried again in the next epoch.
    const auto saved = context_.records.save(record);
    if (!saved && !is_full(saved.error())) return saved.error();
    if (!saved) wakeups_->wake_at(epoch_ + 1);
    return false;
}

SectorMachine::Step SectorMachine::seal_again(SectorRecord& record, std::string_view why) {
    if (++record.restarts >= kRounds) return give_up(record, why);
    drop_jobs(record.number);
    STRATA_OK(context_.prover->start_over(seal_work(record)));
    return enter(record, SectorState::pre_commit_1);
}

SectorMachine::Step SectorMachine::finalize(SectorRecord& record) {
    const auto done = context_.prover->finalize(seal_work(record));
    if (!done && is_full(done.error())) return wait_for_space(record, done.error());
    if (!done) return try_again(record, done.error().message(), kFinalizeAttempts);
    STRATA_TRY(const bool advanced, enter(record, SectorState::proving));
    if (listener_) listener_(record);
    return advanced;
}

// The deadline scheduler makes the proofs. This step only notices when a sector was terminated or has expired. The
// miner's table keeps such a sector until its partition is compacted, so the partitions say which are alive
// (builtin-actors actors/miner/src/partition_state.rs).
SectorMachine::Step SectorMachine::prove(SectorRecord& record) {
    // A chain that is fetched again does not have the sector yet.
    if (context_.chain.head_epoch() < record.since) return false;
    if (!live_) {
        STRATA_TRY(const auto view, context_.chain.proving());
        live_.emplace();
        for (const auto& deadline : view.deadlines)
            for (const auto& partition : deadline.partitions) *live_ |= partition.live;
    }
    if (live_->contains(record.number)) {
        gone_since_.erase(record.number);
        return false;
    }
    // A reorganisation may bring it back.
    const ChainEpoch head = context_.chain.head_epoch();
    const ChainEpoch since = gone_since_.try_emplace(record.number, head).first->second;
    const ChainEpoch settled = since + std::max<ChainEpoch>(context_.config.message_confidence, 1);
    if (head < settled) {
        wakeups_->wake_at(epoch_ + 1);
        return false;
    }
    gone_since_.erase(record.number);
    STRATA_OK(enter(record, SectorState::ended));
    return false;
}

}  // namespace strata::provider
