#pragma once
// One invocation of a contract: its words, its memory, its input, and the data that the latest call returned. Source:
// builtin-actors actors/evm/src/interpreter/{execution,stack,memory}.rs, instructions/memory.rs.
#include <memory>

#include <strata/actors/eam/eth_address.hpp>
#include <strata/actors/evm/meter.hpp>
#include <strata/actors/evm/uint256.hpp>
#include <strata/vm/memory_budget.hpp>

namespace strata::actors::evm {

using eam::EthAddress;

/// The EVM sees the last 20 bytes of a word as an address.
inline EthAddress address_of(const U256& word) {
    const Hash256 bytes = word.to_be();
    EthAddress out;
    std::ranges::copy(std::span(bytes).last(out.size()), out.begin());
    return out;
}

/// At most 1,024 words. The interpreter checks the size before each instruction (opcodes.hpp), so nothing here does.
class Stack {
  public:
    static constexpr std::size_t kLimit = 1024;

    Stack() : words_(std::make_unique_for_overwrite<U256[]>(kLimit)) {}
    std::size_t size() const { return size_; }
    void push(const U256& word) { words_[size_++] = word; }
    U256 pop() { return words_[--size_]; }
    /// The word at `depth` below the top, which is at depth 0.
    U256& at(std::size_t depth) { return words_[size_ - 1 - depth]; }
    void drop(std::size_t count) { size_ -= count; }

  private:
    std::unique_ptr<U256[]> words_;
    std::size_t size_ = 0;
};

/// A part of the memory that exists already. An empty region has no place.
struct Region {
    std::size_t offset = 0;
    std::size_t size = 0;
};

/// Memory grows by whole words, and new bytes are zero. It counts against the budget of the message.
class Memory {
  public:
    Memory(Meter& meter, vm::MemoryBudget& budget) : meter_(meter), budget_(budget) {}
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;
    ~Memory();

    std::size_t size() const { return bytes_.size(); }
    /// Makes the memory reach to the end of the region. Exits with kIllegalMemoryAccess if the offset, the size or the
    /// end does not fit in 32 bits; the offset of an empty region does not matter.
    ActorResult<Region> region(const U256& offset, const U256& size);
    std::span<std::uint8_t> bytes(const Region& region) {
        return std::span(bytes_).subspan(region.offset, region.size);
    }
    /// Copies `data` from `data_offset` on to the region. Where the data ends earlier, the rest of the region is filled
    /// with zeros if `fill`, and otherwise kept.
    Done copy_in(const U256& offset, const U256& size, const U256& data_offset, BytesView data, bool fill);

  private:
    Done grow(std::size_t size);
    Meter& meter_;
    vm::MemoryBudget& budget_;
    Bytes bytes_;
};

struct Frame {
    Frame(Runtime& rt, const EthAddress& the_caller, const EthAddress& the_receiver, TokenAmount value, Bytes data)
        : meter(rt),
          memory(meter, rt.kernel().memory_budget()),
          caller(the_caller),
          receiver(the_receiver),
          value_received(std::move(value)),
          input(std::move(data)) {}

    Meter meter;
    Stack stack;
    Memory memory;
    EthAddress caller;
    EthAddress receiver;
    TokenAmount value_received;
    Bytes input;
    Bytes returned;  // by the latest call
};

}  // namespace strata::actors::evm
