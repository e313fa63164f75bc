#pragma once
// One of the two implementations that are compared: its code, its blocks and its state.
#include <strata/differential/doors.hpp>
#include <strata/differential/layered_store.hpp>
#include <strata/differential/observed.hpp>
#include <strata/differential/start.hpp>
#include <strata/differential/step.hpp>
#include <strata/vm/executor.hpp>

namespace strata::differential {

/// The effects of a message.
struct Outcome {
    std::uint32_t exit_code = 0;
    Bytes return_data;
    std::optional<Codec> return_codec;  // empty without a value
    std::vector<vm::StampedEvent> events;
    std::string failure;  // for people
    std::uint64_t gas_used = 0;
    Cid root;             // the state after it
};

class Side {
  public:
    /// `start` and `table` must outlive the side.
    Side(std::string name, const Start& start, const vm::ActorTable& table)
        : name_(std::move(name)), store_(start.blocks), table_(table), root_(start.root) {}
    Side(const Side&) = delete;
    Side& operator=(const Side&) = delete;

    const std::string& name() const { return name_; }
    const Cid& root() const { return root_; }
    LayeredStore& store() { return store_; }
    ObservedTable& table() { return table_; }
    const ObservedTable& table() const { return table_; }

    /// Applies a message step. Errors: those of vm::Executor; the state then stays as it was.
    Result<Outcome> apply_message(const Step& step);
    /// Runs cron at the end of `epoch`.
    Result<Outcome> apply_cron(ChainEpoch epoch);
    /// Records the gas charges of each later message.
    void record_gas() { records_gas_ = true; }
    const GasRecord& gas_record() const { return record_; }
    /// Goes back to a state that the store still has.
    void go_to(const Cid& root) { root_ = root; }

  private:
    Result<Outcome> run(ChainEpoch epoch, const Message& message, vm::ApplyKind kind);

    std::string name_;
    LayeredStore store_;
    ObservedTable table_;
    RuleExterns externs_;
    RuleProofs proofs_;
    Cid root_;
    bool records_gas_ = false;
    GasRecord record_;  // of the latest message
};

/// The machine at an epoch. Gas is free, so that the two sides may use different amounts of it.
vm::MachineConfig machine_at(ChainEpoch epoch);

}  // namespace strata::differential
