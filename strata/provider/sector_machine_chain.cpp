// The steps that depend on the chain: they send messages, find out what came of them, and go back where the chain says
// something unexpected. Source: docs/protocol/storage.md §2.3, §2.4, §6.2.
#include <fmt/format.h>

#include <strata/proofs/piece/commitment.hpp>
#include <strata/provider/miner_messages.hpp>
#include <strata/provider/sector_machine.hpp>
#include <strata/types/basic.hpp>

namespace strata::provider {
namespace {

/// Added to the shortest lifetime, because a pre-commitment is judged by the epoch in which it lands.
constexpr ChainEpoch kExpirationSlack = kEpochsInDay;
/// If a pre-commitment was not sent this many epochs before its ticket becomes too old, a new ticket is drawn: the
/// message would not land in time.
constexpr ChainEpoch kTicketMargin = 10;
/// A message may also fail for lack of funds, which an operator can fix. Ten attempts with growing delays take about
/// four hours.
constexpr std::uint32_t kMessageAttempts = 10;
/// Deposits and pledges change until the message lands, so a message brings 110 % of them, as in Lotus.
TokenAmount with_margin(const TokenAmount& amount) {
    return div_floor(amount * BigInt(110), BigInt(100));
}

std::uint64_t verified_bytes(const SectorRecord& record) {
    std::uint64_t sum = 0;
    for (const auto& piece : record.pieces)
        if (piece.deal && piece.deal->allocation) sum += piece.info.size;
    return sum;
}

}  // namespace

// The actor measures the shortest lifetime from the last epoch in which the sector may still be proven, and the longest
// one from the epoch of the pre-commitment (docs/protocol/storage.md §2.3 (4)).
Result<ChainEpoch> SectorMachine::expiration_for(const SectorRecord& record) const {
    const ChainEpoch last_proof = epoch_ + kMaxProveCommitDelay + context_.chain.challenge_delay();
    ChainEpoch expiration =
        std::max(epoch_ + context_.config.lifetime, last_proof + kMinSectorLifetime + kExpirationSlack);
    for (const auto& piece : record.pieces)
        if (piece.deal) expiration = std::max(expiration, piece.deal->end + kEpochsInDay);
    const ChainEpoch limit = epoch_ + kMaxSectorExtension;
    for (const auto& piece : record.pieces)
        if (piece.deal && piece.deal->end > limit)
            return fail(
                Errc::invalid_argument,
                fmt::format("deal {} ends at epoch {}, but a sector that is committed now lives to epoch {} at most",
                            piece.deal->id, piece.deal->end, limit));
    return std::min(expiration, limit);
}

/// Returns false while the message is on its way. Once its fate is known, the record has no message any more: true lets
/// the sector look at the chain at once to see what the message did; false follows a failure that try_again() counts.
SectorMachine::Step SectorMachine::settle(SectorRecord& record) {
    STRATA_TRY(const auto settled, context_.outbox.settle(*record.message, epoch_, *wakeups_));
    if (settled.outcome == Outbox::Outcome::waiting) return false;
    record.message.reset();
    if (settled.outcome == Outbox::Outcome::failed && !settled.out_of_gas)
        return try_again(record, settled.reason, kMessageAttempts);
    STRATA_OK(context_.records.save(record));
    return true;
}

/// If the chain has our pre-commitment, lets the record wait for its seed and returns true. If it has a different
/// pre-commitment of the same number, gives the sector up and returns false.
SectorMachine::Step SectorMachine::find_pre_commit(SectorRecord& record) {
    STRATA_TRY(const auto found, context_.chain.pre_commit(record.number));
    if (!found) return false;
    if (found->sealed_cid != proofs::replica_cid(record.comm_r))
        return give_up(
            record,
            fmt::format("the chain has sector {} pre-committed with sealed CID {}, expected {}; does a second "
                        "provider work for the same miner?",
                        record.number, found->sealed_cid.to_string(), proofs::replica_cid(record.comm_r).to_string()));
    record.pre_commit_epoch = found->epoch;
    return enter(record, SectorState::wait_seed);
}

// Whatever happened to earlier messages, the chain decides how the sector continues: it may already be
// pre-committed or even proven, or its number may be used up. Only if none of this is true is a new message due.
SectorMachine::Step SectorMachine::pre_commit(SectorRecord& record) {
    if (record.message) return settle(record);
    STRATA_TRY(const bool found, find_pre_commit(record));
    const bool given_up = record.state == SectorState::failed;  // by find_pre_commit()
    if (found || given_up) return found;
    STRATA_TRY(const auto sector, context_.chain.sector(record.number));
    if (sector) return enter(record, SectorState::finalizing);
    STRATA_TRY(const auto allocated, context_.chain.allocated_numbers());
    if (allocated.contains(record.number)) return move(record, "the pre-commitment expired");
    if (epoch_ > record.ticket_epoch + kMaxTicketAge - kTicketMargin) return enter(record, SectorState::packing);
    if (epoch_ < record.since) {
        wakeups_->wake_at(record.since);
    } else {
        ready_.insert(record.number);
    }
    return false;
}

SectorMachine::Step SectorMachine::wait_seed(SectorRecord& record) {
    STRATA_TRY(const auto found, context_.chain.pre_commit(record.number));
    if (!found) return enter(record, SectorState::pre_commit);  // that step finds out why
    const ChainEpoch seed_epoch = found->epoch + context_.chain.challenge_delay();
    const ChainEpoch safe_epoch = seed_epoch + context_.config.message_confidence;
    if (context_.chain.head_epoch() < safe_epoch) {
        wakeups_->needs_tipset_at(safe_epoch);
        return false;
    }
    record.pre_commit_epoch = found->epoch;
    STRATA_TRY(record.seed,
               context_.chain.beacon_randomness(chain::RandomnessTag::interactive_seal_challenge_seed, seed_epoch));
    return enter(record, SectorState::commit);
}

SectorMachine::Step SectorMachine::prove_commit(SectorRecord& record) {
    if (record.message) return settle(record);
    STRATA_TRY(const auto sector, context_.chain.sector(record.number));
    if (sector) return enter(record, SectorState::finalizing);
    STRATA_TRY(const auto found, context_.chain.pre_commit(record.number));
    // A reorganisation may have undone the pre-commitment, or moved it to a different epoch and thereby changed the
    // seed: then the proof is worthless, and the sector waits for its seed again.
    if (!found || found->epoch != record.pre_commit_epoch) return enter(record, SectorState::pre_commit);
    if (epoch_ > found->epoch + kMaxProveCommitDelay + context_.chain.challenge_delay())
        return move(record, "the pre-commitment is too old to be proven");
    if (epoch_ < record.since) {
        wakeups_->wake_at(record.since);
    } else {
        ready_.insert(record.number);
    }
    return false;
}

/// Gives the data a new sector number: the old one is lost, together with its deposit. Both records are saved in one
/// write, so that the data is neither lost nor in two sectors if the process is killed.
SectorMachine::Step SectorMachine::move(SectorRecord& record, std::string_view why) {
    SectorRecord next;
    STRATA_TRY(next.number, free_number());
    next.proof = record.proof;
    next.state = SectorState::packing;
    next.since = epoch_;
    next.pieces = record.pieces;
    next.data_number = record.data_number;
    drop_jobs(record.number);
    record.state = SectorState::moved;
    record.reason = fmt::format("{}; the sector's data was moved to sector {}", why, next.number);
    STRATA_OK(context_.records.save(std::array{record, next}));
    wakeups_->wake_at(epoch_ + 1);
    return false;
}

Status SectorMachine::send(SectorState kind) {
    std::vector<SectorRecord> group;
    for (const SectorNumber number : ready_) {
        const auto& record = *context_.records.find(number);
        if (record.state != kind) continue;
        if (record.failures > 0) {  // sent alone, since it may be the one that makes a batch fail
            STRATA_OK(send_group(kind, {record}));
            continue;
        }
        group.push_back(record);
        if (group.size() == context_.config.batch) STRATA_OK(send_group(kind, std::exchange(group, {})));
    }
    return group.empty() ? Status{} : send_group(kind, std::move(group));
}

Status SectorMachine::send_group(SectorState kind, std::vector<SectorRecord> group) {
    auto message = sign(kind, group);
    if (!message) {
        if (message.error().is_fatal()) return message.error();
        for (auto& record : group) STRATA_OK(try_again(record, message.error().message(), kMessageAttempts));
        return {};
    }
    for (auto& record : group) record.message = *message;
    STRATA_OK(context_.records.save(group));
    // A failure is ignored here: if the pool refuses the message, the sectors' next step signs a new one.
    static_cast<void>(context_.outbox.keep_alive(*message, epoch_));
    wakeups_->needs_tipset_at(epoch_);
    return {};
}

Result<SignedMessage> SectorMachine::sign(SectorState kind, std::vector<SectorRecord>& group) {
    TokenAmount needed;
    for (auto& record : group) {
        if (kind == SectorState::pre_commit) {
            STRATA_TRY(record.expiration, expiration_for(record));
            STRATA_TRY(const auto deposit, context_.chain.pre_commit_deposit(record.proof));
            needed += deposit;
        } else {
            STRATA_TRY(const auto pledge,
                       context_.chain.initial_pledge(record.proof, verified_bytes(record), record.expiration - epoch_));
            needed += pledge;
        }
    }
    STRATA_TRY(const auto money, context_.chain.money());
    TokenAmount available = money.available;
    if (kind == SectorState::prove_commit) {
        // Proving a sector releases its deposit, which then counts towards the pledge.
        for (const auto& record : group) {
            STRATA_TRY(const auto found, context_.chain.pre_commit(record.number));
            if (found) available += found->deposit;
        }
    }
    const TokenAmount missing = with_margin(needed) - available;
    const auto call = kind == SectorState::pre_commit ? pre_commit_sectors(group) : prove_commit_sectors(group);
    return context_.chain.sign(MinerChain::Sender::worker, call.method, call.params,
                               missing > TokenAmount(0) ? missing : TokenAmount(0));
}

}  // namespace strata::provider
