#pragma once
// Makes sequences of messages that mean something in the state that they meet. A seed always makes the same sequence
// as long as the actors do the same.
#include <strata/differential/scene.hpp>

namespace strata::differential {

struct GeneratorOptions {
    /// Also deploy and call EVM contracts. The implementations must both have the EVM actor.
    bool contracts = true;
    /// Now and then let half a year pass, so that sectors and deals reach their end.
    bool long_jumps = false;
};

class Generator {
  public:
    /// `start` must outlive the generator.
    Generator(const Start& start, std::uint64_t seed, GeneratorOptions options);

    /// Returns the next step after a state. Errors: the state cannot be read.
    Result<Step> next(Blockstore& blocks, const Cid& root);

  private:
    Result<Step> pass_time(Scene& scene);
    Result<Step> some_message(Scene& scene);
    Made draw_action(Scene& scene);

    const Start& start_;
    Dice dice_;
    GeneratorOptions options_;
    Memory memory_;
    std::vector<Action> actions_;
    std::uint64_t total_weight_ = 0;
    ChainEpoch epoch_ = 1;
};

}  // namespace strata::differential
