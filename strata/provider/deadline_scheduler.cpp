#include <strata/provider/deadline_scheduler.hpp>

#include <fmt/format.h>

#include <charconv>

#include <strata/actors/miner/deadline_info.hpp>
#include <strata/base/log.hpp>
#include <strata/proofs/piece/commitment.hpp>
#include <strata/types/basic.hpp>

namespace strata::provider {
namespace {

const Log kLog("provider");

using actors::miner::kWPoStChallengeLookback;
using actors::miner::kWPoStChallengeWindow;
// A proof begins kChallengeConfidence epochs after its challenge epoch and is submitted kSubmitConfidence epochs after
// the window opens, so that a short reorganisation neither changes the challenge nor puts the message before the
// window. Source: docs/protocol/storage.md §4.7.
constexpr ChainEpoch kChallengeConfidence = 1;
constexpr ChainEpoch kSubmitConfidence = 4;
/// How often one opening's proof is made before it is given up.
constexpr std::uint32_t kAttempts = 5;

/// Returns the first epoch of the deadline's earliest window that has not closed at `epoch`: the current or the next
/// one.
ChainEpoch opening(ChainEpoch period_start, std::uint64_t deadline, ChainEpoch epoch) {
    const ChainEpoch first = period_start + static_cast<ChainEpoch>(deadline) * kWPoStChallengeWindow;
    const ChainEpoch last = first + kWPoStChallengeWindow - 1;
    // (epoch - last) / kProvingPeriod rounded up: the smallest number of periods, negative if need be, with
    // last + periods * kProvingPeriod >= epoch. C++ rounds towards zero, which is upwards only for a negative quotient.
    const ChainEpoch periods =
        epoch <= last ? -((last - epoch) / kProvingPeriod) : (epoch - last + kProvingPeriod - 1) / kProvingPeriod;
    return first + periods * kProvingPeriod;
}

bool has_live(const DeadlineView& view) {
    return std::ranges::any_of(view.partitions, [](const PartitionView& p) { return !p.live.empty(); });
}

/// The result of a window proof's job: the proof, and the partitions as they were when the job began.
struct Proven {
    std::vector<PoStPartition> partitions;
    WindowProof proof;
    STRATA_CBOR_TUPLE(partitions, proof);
};

}  // namespace

Status DeadlineScheduler::load() {
    const auto read = [&](std::string_view prefix, auto take) {
        return context_.store.for_each(prefix, [&](std::string_view key, BytesView value) -> Result<bool> {
            // The prefix is followed by "DEADLINE" or "DEADLINE/PARTITION", in decimal.
            std::uint64_t deadline = 0, partition = 0;
            const char* end = key.data() + key.size();
            auto parsed = std::from_chars(key.data() + prefix.size(), end, deadline);
            if (parsed.ec == std::errc{} && parsed.ptr != end && *parsed.ptr == '/')
                parsed = std::from_chars(parsed.ptr + 1, end, partition);
            if (parsed.ec != std::errc{} || parsed.ptr != end)
                return fail(Errc::malformed,
                            fmt::format("the provider's records have the key {0}, expected {1}DEADLINE or "
                                        "{1}DEADLINE/PARTITION with decimal numbers",
                                        key, prefix));
            STRATA_OK(take(deadline, partition, value));
            return true;
        });
    };
    STRATA_OK(read(fmt::format("provider/{}/window/", context_.miner),
                   [&](std::uint64_t deadline, std::uint64_t first, BytesView value) -> Status {
                       STRATA_TRY(windows_[BatchKey(deadline, first)], from_cbor<WindowRecord>(value));
                       return {};
                   }));
    return read(fmt::format("provider/{}/check/", context_.miner),
                [&](std::uint64_t deadline, std::uint64_t, BytesView value) -> Status {
                    STRATA_TRY(checks_[deadline], from_cbor<CheckRecord>(value));
                    return {};
                });
}

std::string DeadlineScheduler::window_key(BatchKey key) const {
    return fmt::format("provider/{}/window/{:02}/{:04}", context_.miner, key.first, key.second);
}
std::string DeadlineScheduler::check_key(std::uint64_t deadline) const {
    return fmt::format("provider/{}/check/{:02}", context_.miner, deadline);
}
Status DeadlineScheduler::save(BatchKey key, const WindowRecord& record) {
    return context_.store.put(window_key(key), to_cbor(record));
}
Status DeadlineScheduler::save(std::uint64_t deadline, const CheckRecord& record) {
    return context_.store.put(check_key(deadline), to_cbor(record));
}

void DeadlineScheduler::resume(ChainEpoch epoch) {
    // Failures are ignored here: a message that the pool refuses is found, and if need be replaced, when its deadline
    // is served. A message whose time has passed is not sent again.
    for (const auto& [key, record] : windows_)
        if (record.message && epoch < record.open + kWPoStChallengeWindow)
            static_cast<void>(context_.outbox.keep_alive(*record.message, epoch));
    for (const auto& [deadline, record] : checks_)
        for (const auto& message : record.messages)
            if (epoch < record.open) static_cast<void>(context_.outbox.keep_alive(message, epoch));
}

Status DeadlineScheduler::on_epoch(ChainEpoch epoch, Wakeups& wakeups) {
    epoch_ = epoch;
    wakeups_ = &wakeups;
    STRATA_TRY(const auto view, context_.chain.proving());
    for (std::uint64_t d = 0; d < view.deadlines.size(); ++d) {
        const auto& deadline = view.deadlines[d];
        if (!has_live(deadline)) continue;
        const auto served = serve({d, opening(view.period_start, d, epoch), deadline});
        if (served) continue;
        if (served.error().is_fatal()) return served;
        // One deadline that cannot be served must not cost the others their proofs; it is tried again in the next
        // epoch.
        wakeups.wake_at(epoch + 1);
    }
    return {};
}

Status DeadlineScheduler::serve(const Opening& opening) {
    STRATA_OK(check(opening));
    wakeups_->wake_at(opening.open + kWPoStChallengeWindow);  // from then on, opening() returns the next window
    const std::uint64_t step = std::max<std::uint64_t>(context_.config.window_partitions, 1);
    for (std::uint64_t first = 0; first < opening.view.partitions.size(); first += step)
        STRATA_OK(prove(opening, first));
    return {};
}

std::vector<ProvingSector> DeadlineScheduler::held_sectors(const BitField& sectors) const {
    std::vector<ProvingSector> out;
    for (const auto& range : sectors.ranges()) {
        for (auto number = range.begin; number < range.end; ++number) {
            const auto* record = context_.records.find(number);
            if (record == nullptr) continue;
            out.push_back({record->proof, number, record->comm_r, context_.files(number)});
        }
    }
    return out;
}

DeadlineScheduler::Statement DeadlineScheduler::statement(const Opening& opening, std::uint64_t first,
                                                          const BitField& unprovable) const {
    Statement out;
    BitField all;
    const auto end = std::min<std::uint64_t>(first + context_.config.window_partitions, opening.view.partitions.size());
    for (std::uint64_t i = first; i < end; ++i) {
        const auto& partition = opening.view.partitions[i];
        // The actor expects a proof of these sectors; those that cannot be proven are listed as skipped.
        const BitField expected = (partition.live - partition.faults) | partition.recoveries;
        BitField provable;
        for (const auto& sector : held_sectors(expected - unprovable)) provable.set(sector.number);
        // A partition without a provable sector is left out of the message: the actor counts it as missed when the
        // window closes (docs/protocol/storage.md §4.4).
        if (provable.empty()) continue;
        out.partitions.push_back({i, expected - provable});
        all |= provable;
    }
    out.sectors = held_sectors(all);
    return out;
}

// Takes one batch of partitions as far as the head allows: wait for the challenge, make the proof, submit it, settle
// its message. What is on chain is read anew each time, so a proof that a forgotten message brought there is not sent
// again.
Status DeadlineScheduler::prove(const Opening& opening, std::uint64_t first) {
    const BatchKey key(opening.deadline, first);
    const ChainEpoch begin = context_.config.prove_early ? opening.open - kWPoStChallengeLookback + kChallengeConfidence
                                                         : opening.open + kSubmitConfidence;
    if (context_.chain.head_epoch() < begin) {
        wakeups_->needs_tipset_at(begin);
        return {};
    }
    auto& record = windows_[key];
    if (record.open != opening.open) {
        // The record and its job are about an earlier opening, whose challenge is of no use any more.
        context_.jobs.drop(window_key(key));
        record = {};
        record.open = opening.open;
        record.since = epoch_;
        STRATA_OK(save(key, record));
    }
    if (record.message) STRATA_OK(settle(opening, first, record));
    if (record.message || record.failures >= kAttempts) return {};
    const auto wanted = statement(opening, first, record.unprovable);
    const bool posted = std::ranges::all_of(
        wanted.partitions, [&](const PoStPartition& p) { return opening.view.posted.contains(p.index); });
    if (posted) return {};  // also if there are no sectors to prove: then `wanted` lists no partitions
    if (record.proof.empty()) STRATA_OK(make_proof(opening, first, record));
    return record.proof.empty() ? Status{} : submit(opening, first, record);
}

// Makes the proof, round by round: sectors that cannot be proven are left out of the next round. Each round leaves out
// at least one more, so the rounds end.
Status DeadlineScheduler::make_proof(const Opening& opening, std::uint64_t first, WindowRecord& record) {
    const BatchKey key(opening.deadline, first);
    if (epoch_ < record.since) {
        wakeups_->wake_at(record.since);
        return {};
    }
    STRATA_TRY(record.randomness, context_.chain.beacon_randomness(chain::RandomnessTag::windowed_post_challenge_seed,
                                                                   opening.open - kWPoStChallengeLookback));
    STRATA_TRY(const auto proof_type, window_post_proof(context_.config.seal_proof));
    for (;;) {
        const auto result = window_job(opening, first, record, proof_type);
        if (!result) return {};
        if (!*result) return prove_again(key, record, result->error().message());
        STRATA_TRY(auto proven, from_cbor<Proven>(**result));
        if (proven.proof.faulty.empty()) {
            record.partitions = std::move(proven.partitions);
            record.proof = std::move(proven.proof.proof);
            return save(key, record);
        }
        STRATA_OK(leave_out(key, record, proven.proof.faulty));
    }
}

// Starts the job of a window proof, or takes its result. Returns an empty optional while the job runs.
std::optional<Result<Bytes>> DeadlineScheduler::window_job(const Opening& opening, std::uint64_t first,
                                                           const WindowRecord& record, RegisteredPoStProof proof_type) {
    return job_result(context_.jobs, window_key({opening.deadline, first}), Jobs::Urgency::deadline,
                      record.since + context_.config.leads.window, epoch_, *wakeups_, [&] {
                          auto wanted = statement(opening, first, record.unprovable);
                          WindowWork work{proof_type, context_.miner, record.randomness, std::move(wanted.sectors)};
                          return [prover = context_.prover, work = std::move(work),
                                  partitions = std::move(wanted.partitions),
                                  entropy = context_.random.bytes<32>()](const auto& stop) -> Result<Bytes> {
                              crypto::SeededRandom random(entropy);
                              STRATA_TRY(auto proof, prover->prove_window(work, random, stop));
                              return to_cbor(Proven{partitions, std::move(proof)});
                          };
                      });
}

// From now on the sectors in `faulty` are listed as skipped.
Status DeadlineScheduler::leave_out(BatchKey key, WindowRecord& record, std::span<const SectorNumber> faulty) {
    for (const SectorNumber number : faulty) {
        record.unprovable.set(number);
        kLog.error("a sector cannot be proven and is left out of its window proof; check its files",
                   {{"miner", context_.miner},
                    {"sector", number},
                    {"sealed", context_.files(number).sealed.string()},
                    {"cache", context_.files(number).cache.string()}});
    }
    record.since = epoch_;
    return save(key, record);
}

Status DeadlineScheduler::submit(const Opening& opening, std::uint64_t first, WindowRecord& record) {
    const BatchKey key(opening.deadline, first);
    // The actor accepts the proof only while the window is open. The message is tried on the head's state, so the head
    // must be inside the window too.
    const ChainEpoch from = opening.open + kSubmitConfidence;
    if (context_.chain.head_epoch() < from) {
        wakeups_->needs_tipset_at(from);
        return {};
    }
    const ChainEpoch challenge = opening.open - kWPoStChallengeLookback;
    STRATA_TRY(const auto randomness,
               context_.chain.beacon_randomness(chain::RandomnessTag::windowed_post_challenge_seed, challenge));
    if (randomness != record.randomness)
        return prove_again(key, record, "a reorganisation changed the challenge while the proof was made");
    STRATA_TRY(const auto commit, context_.chain.ticket_randomness(chain::RandomnessTag::post_chain_commit, challenge,
                                                                   /*with_miner=*/false));
    STRATA_TRY(const auto proof_type, window_post_proof(context_.config.seal_proof));
    const auto call =
        submit_windowed_post(opening.deadline, record.partitions, {proof_type, record.proof}, challenge, commit);
    auto message = context_.chain.sign(MinerChain::Sender::worker, call.method, call.params, TokenAmount(0));
    if (!message) {
        if (message.error().is_fatal()) return message.error();
        return prove_again(key, record, message.error().message());
    }
    record.message = std::move(*message);
    STRATA_OK(save(key, record));
    kLog.info("a window proof was sent", {{"miner", context_.miner},
                                          {"deadline", opening.deadline},
                                          {"first_partition", first},
                                          {"message", record.message->cid().to_string()}});
    static_cast<void>(context_.outbox.keep_alive(*record.message, epoch_));
    wakeups_->needs_tipset_at(epoch_);
    return {};
}

Status DeadlineScheduler::settle(const Opening& opening, std::uint64_t first, WindowRecord& record) {
    const BatchKey key(opening.deadline, first);
    STRATA_TRY(const auto settled, context_.outbox.settle(*record.message, epoch_, *wakeups_));
    switch (settled.outcome) {
        case Outbox::Outcome::waiting:
            return {};
        case Outbox::Outcome::failed:
            if (!settled.out_of_gas) return prove_again(key, record, settled.reason);
            [[fallthrough]];
        case Outbox::Outcome::landed:
        case Outbox::Outcome::lost:
            break;  // prove() reads from the chain whether the partitions are posted; if not, it submits the proof
                    // again
    }
    record.message.reset();
    return save(key, record);
}

// Throws the proof and its message away. After kAttempts failures the opening is lost, and the sectors become faulty on
// chain.
Status DeadlineScheduler::prove_again(BatchKey key, WindowRecord& record, std::string_view why) {
    ++record.failures;
    record.reason = why;
    record.message.reset();
    record.proof.clear();
    kLog.warning("a window proof failed", {{"miner", context_.miner},
                                           {"deadline", key.first},
                                           {"first_partition", key.second},
                                           {"times", record.failures},
                                           {"tries_left", kAttempts - std::min(kAttempts, record.failures)},
                                           {"error", why}});
    record.since = epoch_ + retry_delay(record.failures);
    if (record.failures < kAttempts) wakeups_->wake_at(record.since);
    return save(key, record);
}

}  // namespace strata::provider
