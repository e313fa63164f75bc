// Checks the files of a deadline's sectors before its window opens. Sectors that cannot be read are declared faulty;
// faulty ones that can be read again are declared recovered. Source: docs/protocol/storage.md §4.5, §4.7.
#include <strata/base/log.hpp>
#include <strata/provider/deadline_scheduler.hpp>

namespace strata::provider {
namespace {

const Log kLog("provider");

/// The check begins two deadlines and the challenge lookback before the window opens (2 * 60 + 20 epochs), as in Lotus.
constexpr ChainEpoch kCheckAhead = 140;
/// The actor refuses declarations that land in the last 70 epochs before the window opens (docs/protocol/storage.md
/// §4.1).
constexpr ChainEpoch kFaultCutoff = 70;
/// After this many failed attempts to declare, the check of one opening ends.
constexpr std::uint32_t kAttempts = 3;

}  // namespace

// Works from kCheckAhead to kFaultCutoff epochs before the window opens: earlier the files may still change, and later
// a declaration would be refused. Sectors that turn bad after the check are found by the window proof, which lists them
// as skipped.
Status DeadlineScheduler::check(const Opening& opening) {
    if (epoch_ < opening.open - kCheckAhead) {
        wakeups_->wake_at(opening.open - kCheckAhead);
        return {};
    }
    auto& record = checks_[opening.deadline];
    if (record.open != opening.open) {
        context_.jobs.drop(check_key(opening.deadline));
        record = {};
        record.open = opening.open;
        record.since = epoch_;
        STRATA_OK(save(opening.deadline, record));
    }
    if (record.done || epoch_ >= opening.open - kFaultCutoff) return {};
    if (!record.messages.empty()) return settle_declarations(opening, record);
    if (epoch_ < record.since) {
        wakeups_->wake_at(record.since);
        return {};
    }
    STRATA_TRY(const auto bad, bad_sectors(opening, record));
    return bad ? declare(opening, record, *bad) : Status{};
}

// Returns the sectors that cannot be read, or an empty optional while the job that reads them runs. The challenge is
// random: the real one is not known yet.
Result<std::optional<BitField>> DeadlineScheduler::bad_sectors(const Opening& opening, const CheckRecord& record) {
    BitField live;
    for (const auto& partition : opening.view.partitions) live |= partition.live;
    STRATA_TRY(const auto proof_type, window_post_proof(context_.config.seal_proof));
    const auto result =
        job_result(context_.jobs, check_key(opening.deadline), Jobs::Urgency::deadline,
                   record.since + context_.config.leads.check, epoch_, *wakeups_, [&] {
                       return [prover = context_.prover, sectors = held_sectors(live), live, proof_type,
                               randomness = context_.random.bytes<32>()](const auto& stop) -> Result<Bytes> {
                           // A sector without a record here stays bad: this provider does not have its files.
                           BitField bad = live;
                           for (const auto& sector : sectors) {
                               if (stop) return Errc::cancelled;
                               if (prover->check(proof_type, randomness, sector)) bad.unset(sector.number);
                           }
                           return to_cbor(bad);
                       };
                   });
    if (!result) return std::optional<BitField>{};
    if (!*result) return result->error();
    STRATA_TRY(auto bad, from_cbor<BitField>(**result));
    return std::optional(std::move(bad));
}

Status DeadlineScheduler::declare(const Opening& opening, CheckRecord& record, const BitField& bad) {
    std::vector<SectorDeclaration> faults, recoveries;
    for (std::uint64_t i = 0; i < opening.view.partitions.size(); ++i) {
        const auto& partition = opening.view.partitions[i];
        const BitField lost = (partition.live & bad) - partition.faults;
        const BitField back = partition.faults - bad - partition.recoveries;
        if (!lost.empty()) faults.push_back({opening.deadline, i, lost});
        if (!back.empty()) recoveries.push_back({opening.deadline, i, back});
        if (!lost.empty())
            kLog.error("sectors cannot be read and are declared faulty", {{"miner", context_.miner},
                                                                          {"deadline", opening.deadline},
                                                                          {"partition", i},
                                                                          {"sectors", lost.count()}});
        if (!back.empty())
            kLog.info("sectors can be read again and are declared recovered", {{"miner", context_.miner},
                                                                               {"deadline", opening.deadline},
                                                                               {"partition", i},
                                                                               {"sectors", back.count()}});
    }
    if (faults.empty() && recoveries.empty()) {
        record.done = true;
        return save(opening.deadline, record);
    }
    if (context_.chain.head_epoch() < opening.open - kCheckAhead) {
        // The message is tried on the head's state, which after many null rounds may still be too early for it: the
        // deadline's previous window may not be over, and until then nothing can be declared.
        wakeups_->needs_tipset_at(epoch_);
        return {};
    }
    const auto send = [&](const MinerCall& call) -> Status {
        STRATA_TRY(auto message,
                   context_.chain.sign(MinerChain::Sender::worker, call.method, call.params, TokenAmount(0)));
        record.messages.push_back(std::move(message));
        STRATA_OK(save(opening.deadline, record));
        static_cast<void>(context_.outbox.keep_alive(record.messages.back(), epoch_));
        wakeups_->needs_tipset_at(epoch_);
        return {};
    };
    Status sent;
    if (!faults.empty()) sent = send(declare_faults(std::move(faults)));
    if (sent && !recoveries.empty()) sent = send(declare_faults_recovered(std::move(recoveries)));
    if (!sent) {
        if (sent.error().is_fatal()) return sent;
        record.reason = sent.error().message();
        // If the faults were sent and only the recoveries failed, the sent message is settled first.
        if (record.messages.empty()) {
            ++record.failures;
            record.done = record.failures >= kAttempts;
        }
        record.since = epoch_ + retry_delay(record.failures);
        wakeups_->wake_at(record.since);
        return save(opening.deadline, record);
    }
    return {};
}

Status DeadlineScheduler::settle_declarations(const Opening& opening, CheckRecord& record) {
    for (auto it = record.messages.begin(); it != record.messages.end();) {
        STRATA_TRY(const auto settled, context_.outbox.settle(*it, epoch_, *wakeups_));
        if (settled.outcome == Outbox::Outcome::waiting) {
            ++it;
            continue;
        }
        if (settled.outcome != Outbox::Outcome::landed) {
            ++record.failures;
            record.reason = settled.reason;
        }
        it = record.messages.erase(it);
    }
    if (record.messages.empty()) {
        // After a failure the files are checked again, against what the chain says by then.
        record.done = record.failures == 0 || record.failures >= kAttempts;
        record.since = epoch_ + retry_delay(record.failures);
        if (!record.done) wakeups_->wake_at(record.since);
    }
    return save(opening.deadline, record);
}

}  // namespace strata::provider
