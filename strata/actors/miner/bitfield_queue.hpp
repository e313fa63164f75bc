#pragma once
// A queue of sets of numbers by (quantized) epoch. Source: builtin-actors v18 actors/miner/src/bitfield_queue.rs.
#include <strata/actors/miner/checked.hpp>
#include <strata/actors/miner/deadline_info.hpp>

namespace strata::actors::miner {

/// Aborts with serialization if the encoding of `field` is longer than a bit field may be (32 KiB). The reference
/// refuses to write such a field (ref-fvm ipld/bitfield), and no node could read it again. A miner chooses its sector
/// numbers, so a few thousand numbers far apart are enough to exceed the limit.
Done check_encodable(const BitField& field);

class BitFieldQueue {
  public:
    static ActorResult<BitFieldQueue> load(Runtime& rt, const Cid& root, const QuantSpec& quant);

    Done add_to_queue(ChainEpoch epoch, const BitField& values);
    Done add_many_to_queue_values(const std::vector<std::pair<ChainEpoch, std::uint64_t>>& values);
    /// Removes the positions in `to_cut` from all entries, and moves the positions after them down.
    Done cut(const BitField& to_cut);
    /// Removes all entries up to and including `until`, and returns their union; empty if there are none.
    ActorResult<std::optional<BitField>> pop_until(ChainEpoch until);
    ActorResult<Cid> flush() { return checked(rt_, amt_.flush()); }
    AmtArray<BitField>& amt() { return amt_; }

  private:
    BitFieldQueue(Runtime& rt, AmtArray<BitField> amt, const QuantSpec& quant)
        : rt_(rt), amt_(std::move(amt)), quant_(quant) {}
    Runtime& rt_;
    AmtArray<BitField> amt_;
    QuantSpec quant_;
};

}  // namespace strata::actors::miner
