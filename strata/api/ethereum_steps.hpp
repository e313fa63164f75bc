#pragma once
// Records the instructions of a message, one line for each, as go-ethereum's struct logger. Source: go-ethereum
// eth/tracers/logger/logger.go; execution-apis tests debug_traceTransaction for the form of the words.
#include <strata/actors/evm/watcher.hpp>
#include <strata/api/fault.hpp>

namespace strata::api {

class StepRecorder final : public actors::evm::Watcher {
  public:
    struct Form {
        bool with_stack = true;
        bool with_memory = false;
        bool with_storage = true;
        bool with_return_data = false;
        std::uint64_t limit = 0;  // the most steps that the caller wants; 0 for no limit of the caller's
    };
    /// The most steps of one answer.
    static constexpr std::size_t kMaxSteps = 500'000;
    /// `bytes` is the most that the record may take.
    StepRecorder(const Form& form, std::size_t bytes) : form_(form), room_(bytes) {}

    void enter(const actors::evm::Frame& frame) override;
    void step(actors::evm::Frame& frame, std::size_t pc, actors::evm::Op op, std::uint64_t gas) override;
    void leave(std::uint64_t gas) override;

    /// Returns the steps as a list. Errors: too_large if they were more than one answer may have.
    Result<Text> take() &&;

  private:
    struct Step {
        std::size_t pc = 0;
        actors::evm::Op op{};
        std::uint64_t gas = 0;
        std::uint64_t cost = 0;
        std::size_t depth = 0;
        std::string more;  // the members that depend on the form, as JSON
    };
    /// A call in progress.
    struct Open {
        std::optional<std::size_t> last;     // its newest step
        std::optional<Hash256> loading;      // the slot that this step loads
        std::map<Hash256, Hash256> storage;  // the slots that were loaded or stored so far
    };
    void finish_last(Open& open, actors::evm::Frame* frame, std::uint64_t gas);
    std::string more_of(actors::evm::Frame& frame, Open& open, actors::evm::Op op);

    const Form form_;
    std::size_t room_;
    bool is_full_ = false;
    std::vector<Step> steps_;
    std::vector<Open> open_;
};

/// Returns the name of an instruction as Ethereum's tools write it; "opcode 0xc not defined" for one that is not.
std::string op_name(actors::evm::Op op);

}  // namespace strata::api
