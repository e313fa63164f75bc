#include <strata/provider/sector_machine.hpp>

#include <strata/base/log.hpp>

namespace strata::provider {
namespace {

const Log kLog("provider");

}  // namespace

void SectorMachine::resume(ChainEpoch epoch) {
    for (const auto& [number, record] : context_.records.all()) {
        // A failure is ignored here: if the pool refuses the message, the sector's next step signs a new one.
        if (record.message) static_cast<void>(context_.outbox.keep_alive(*record.message, epoch));
    }
}

Status SectorMachine::on_epoch(ChainEpoch epoch, Wakeups& wakeups) {
    epoch_ = epoch;
    wakeups_ = &wakeups;
    ready_.clear();
    live_.reset();
    std::vector<SectorNumber> numbers;
    for (const auto& [number, record] : context_.records.all()) numbers.push_back(number);
    for (const SectorNumber number : numbers) {
        // A sector takes as many steps in a row as it can.
        for (;;) {
            const auto advanced = step(*context_.records.find(number));
            if (!advanced) {
                if (advanced.error().is_fatal()) return advanced.error();
                wakeups.wake_at(epoch + 1);  // the chain gave no answer, so the sector stays where it is
            }
            if (!advanced || !*advanced) break;
        }
    }
    // Messages come last, because only now is it known which sectors can share one.
    STRATA_OK(send(SectorState::pre_commit));
    return send(SectorState::prove_commit);
}

// Each step works on a copy of the record. The copy replaces the record only when it is saved.
SectorMachine::Step SectorMachine::step(SectorRecord record) {
    switch (record.state) {
        case SectorState::accepting:
            return accept(record);
        case SectorState::packing:
            return pack(record);
        case SectorState::pre_commit_1:
            return pre_commit_1(record);
        case SectorState::pre_commit_2:
            return pre_commit_2(record);
        case SectorState::pre_commit:
            return pre_commit(record);
        case SectorState::wait_seed:
            return wait_seed(record);
        case SectorState::commit:
            return commit(record);
        case SectorState::prove_commit:
            return prove_commit(record);
        case SectorState::finalizing:
            return finalize(record);
        case SectorState::proving:
            return prove(record);
        case SectorState::failed:
        case SectorState::moved:
        case SectorState::ended:
            return false;
    }
    return false;
}

SectorMachine::Step SectorMachine::enter(SectorRecord& record, SectorState state) {
    record.state = state;
    record.since = epoch_;
    record.failures = 0;
    record.reason.clear();
    STRATA_OK(context_.records.save(record));
    kLog.info(
        "a sector entered a new state",
        {{"miner", context_.miner}, {"sector", record.number}, {"state", sector_state_name(state)}, {"epoch", epoch_}});
    return true;
}

SectorMachine::Step SectorMachine::try_again(SectorRecord& record, std::string_view why, std::uint32_t limit) {
    ++record.failures;
    if (record.failures >= limit) return give_up(record, why);
    record.reason = why;
    record.since = epoch_ + retry_delay(record.failures);
    STRATA_OK(context_.records.save(record));
    kLog.warning("a step of a sector failed and will be tried again", {{"miner", context_.miner},
                                                                       {"sector", record.number},
                                                                       {"state", sector_state_name(record.state)},
                                                                       {"times", record.failures},
                                                                       {"at_epoch", record.since},
                                                                       {"error", why}});
    wakeups_->wake_at(record.since);
    return false;
}

SectorMachine::Step SectorMachine::give_up(SectorRecord& record, std::string_view why) {
    drop_jobs(record.number);
    record.reason = std::string(sector_state_name(record.state)) + ": " + std::string(why);
    record.state = SectorState::failed;
    record.since = epoch_;
    STRATA_OK(context_.records.save(record));
    kLog.error("a sector failed for good; fix the cause, then retry it",
               {{"miner", context_.miner}, {"sector", record.number}, {"error", record.reason}});
    return false;
}

Status SectorMachine::retry(SectorNumber number, ChainEpoch epoch) {
    const auto* found = context_.records.find(number);
    if (found == nullptr) return fail(Errc::invalid_argument, "this provider has no sector " + std::to_string(number));
    if (found->state != SectorState::failed)
        return fail(Errc::invalid_argument, "sector " + std::to_string(number) + " is in state " +
                                                std::string(sector_state_name(found->state)) +
                                                "; only a sector in state Failed can be tried again");
    SectorRecord record = *found;
    epoch_ = epoch;
    // If the sector has a CommR, the step pre_commit finds out from the chain how far the sector came. Otherwise
    // sealing begins anew.
    const bool sealed = record.comm_r != Hash256{};
    record.restarts = 0;
    STRATA_OK(enter(record, sealed ? SectorState::pre_commit : SectorState::packing));
    return {};
}

}  // namespace strata::provider
