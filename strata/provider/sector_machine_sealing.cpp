// The heavy steps, each a job that is started again after a restart. Source: docs/protocol/storage.md §6.1, §6.2.
#include <fmt/format.h>

#include <strata/base/log.hpp>
#include <strata/provider/sector_machine.hpp>
#include <strata/types/basic.hpp>

namespace strata::provider {
namespace {

/// A step that failed so often in a row makes the sector repeat the step before it, or gives the sector up.
constexpr std::uint32_t kAttempts = 3;
/// How often a sector is sealed from the start before it is given up.
constexpr std::uint32_t kRounds = 3;
/// How old a ticket may become before a sector is sealed with a new one: an hour is left for the pre-commitment to
/// land.
constexpr ChainEpoch kTicketLifetime = kMaxTicketAge - kEpochsInHour;

template <std::size_t N>
Result<ByteArray<N>> fixed(const Bytes& bytes) {
    if (bytes.size() != N)
        return fail(Errc::malformed,
                    fmt::format("a job of the provider returned {} bytes, expected {}", bytes.size(), N));
    ByteArray<N> out;
    std::ranges::copy(bytes, out.begin());
    return out;
}

/// The disk is full: not the sector's fault, and sealing goes on from the finished files when there is space.
bool is_full(const Error& error) {
    return error.code() == Errc::no_space;
}

const Log kLog("provider");
/// How long a sector waits on a full disk before it tries again: two minutes. Attempts are not counted.
constexpr ChainEpoch kSpaceDelay = 4;

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
    return job_result(context_.jobs, job_name(context_.miner, record.number, what), Jobs::Urgency::background,
                      record.since + lead, epoch_, *wakeups_, make);
}

SectorMachine::Step SectorMachine::pre_commit_1(SectorRecord& record) {
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
        return seal_again(record, result->error().message());
    }
    STRATA_TRY(record.comm_r, fixed<32>(**result));
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
        // A proof that does not hold once may be a fault of the machine; twice means that the layers are wrong.
        const bool wrong = result->error().code() == Errc::verification && record.failures >= 1;
        if (wrong || record.failures + 1 >= kAttempts) return seal_again(record, result->error().message());
        return try_again(record, result->error().message(), kAttempts);
    }
    record.seal_proof = **result;
    return enter(record, SectorState::prove_commit);
}

SectorMachine::Step SectorMachine::wait_for_space(SectorRecord& record, const Error& error) {
    static LogLimit limit(1, std::chrono::minutes(10));
    kLog.limited(limit, LogLevel::warning, "sealing waits for space on the disk; free some, and it goes on by itself",
                 {{"sector", record.number}, {"error", error}});
    record.reason = error.message();
    record.since = epoch_ + kSpaceDelay;
    wakeups_->wake_at(record.since);
    // The record may be on the full disk. If it cannot be saved, the step is tried at the next epoch already.
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
    if (!done) return try_again(record, done.error().message(), 100);
    STRATA_TRY(const bool went_on, enter(record, SectorState::proving));
    if (listener_) listener_(record);
    return went_on;
}

SectorMachine::Step SectorMachine::prove(SectorRecord& record) {
    if (context_.chain.head_epoch() <= record.expiration) return false;
    STRATA_TRY(const auto sector, context_.chain.sector(record.number));
    if (sector) return false;  // it stays until the end of its deadline
    STRATA_OK(enter(record, SectorState::ended));
    return false;
}

}  // namespace strata::provider
