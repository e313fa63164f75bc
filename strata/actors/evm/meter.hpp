#pragma once
// Collects what the native EVM charges for its own work (costs.hpp).
#include <strata/actors/evm/costs.hpp>
#include <strata/actors/runtime.hpp>

namespace strata::actors::evm {

class Meter {
  public:
    /// `rt` must outlive the meter.
    explicit Meter(Runtime& rt) : rt_(rt) {}

    /// Notes a charge that a later settle() makes.
    void add(std::uint64_t gas) { pending_ += gas; }
    /// Returns the gas that the call has left when the noted charges are made.
    std::uint64_t left() const;
    bool is_due() const { return pending_ >= costs::kBatch; }
    /// Makes the noted charges. It is called before whatever depends on the gas that is left.
    Done settle();
    Done charge(std::uint64_t gas);
    /// Charges for memory before it is allocated: `size` is the size of the vector and `added` what is new of it.
    /// Refuses what the official actor cannot allocate.
    Done allocate(std::uint64_t size, std::uint64_t added);

  private:
    Runtime& rt_;
    std::uint64_t pending_ = 0;
};

}  // namespace strata::actors::evm
