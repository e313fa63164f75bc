#pragma once
// Runs each step on two sides and says where they first differ.
#include <strata/differential/difference.hpp>

namespace strata::differential {

/// How long each side has worked, for people.
struct Work {
    std::uint64_t messages = 0;
    std::uint64_t cron_epochs = 0;
    std::uint64_t out_of_gas = 0;  // messages that ended with exit code 7: the generator's fault
};

class Pair {
  public:
    /// All must outlive the pair. One thread.
    Pair(const Start& start, const vm::ActorTable& first, std::string first_name, const vm::ActorTable& second,
         std::string second_name)
        : first_(std::move(first_name), start, first), second_(std::move(second_name), start, second) {}

    /// Applies a step on both sides; empty if they did the same. After a difference the sides are apart, and no later
    /// step can be compared. Errors: neither side can apply the step, for example because a block is lost.
    Result<std::optional<Difference>> apply(const Step& step);

    /// Calls `each` after every message and every epoch of cron that both sides did alike, with the outcomes and the gas
    /// charges of the first and the second side.
    using EachGas = std::function<void(const Outcome&, const GasRecord&, const Outcome&, const GasRecord&)>;
    void record_gas(EachGas each) {
        first_.record_gas();
        second_.record_gas();
        each_gas_ = std::move(each);
    }

    /// The state that both sides have.
    const Cid& root() const { return first_.root(); }
    Blockstore& store() { return first_.store(); }
    /// The effects of the latest message or epoch of cron on the first side.
    const Outcome& last() const { return last_; }
    const Coverage& coverage() const { return first_.table().coverage(); }
    const Work& work() const { return work_; }

  private:
    Result<std::optional<Difference>> apply_message(const Step& step);
    Result<std::optional<Difference>> apply_cron(ChainEpoch epoch);
    template <class F>
    Result<std::optional<Difference>> compare(ChainEpoch epoch, F run);
    template <class F>
    std::vector<std::string> calls_that_differ(const Cid& before, F run);

    Side first_;
    Side second_;
    Outcome last_;
    Work work_;
    EachGas each_gas_;
};

}  // namespace strata::differential
