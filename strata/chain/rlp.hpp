#pragma once
// Reads the recursive length prefix encoding (RLP) of Ethereum. It accepts canonical encodings only: the shortest form
// of each length, and a single byte below 0x80 as itself. It never reads beyond its input and makes no copies. Source:
// Ethereum yellow paper, appendix B; lotus chain/types/ethtypes/rlp.go for what a node refuses.
#include <strata/base/bigint.hpp>
#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata::chain {

/// Reads items one after another. The input must outlive the reader and what it returns.
class RlpReader {
  public:
    explicit RlpReader(BytesView items) : rest_(items) {}

    bool done() const { return rest_.empty(); }
    /// Returns the content of a byte string. Errors: malformed, also for a list.
    Result<BytesView> bytes();
    /// Returns a reader of the items of a list. Errors: malformed, also for a byte string.
    Result<RlpReader> list();
    /// Returns a number of at most `max_bytes` bytes, which has no leading zeros. Errors: malformed.
    Result<BigInt> number(std::size_t max_bytes);
    Result<std::uint64_t> u64();

  private:
    struct Item {
        bool is_list = false;
        BytesView content;
    };
    Result<Item> next();
    Result<std::size_t> length(std::size_t size_bytes);
    BytesView rest_;
};

}  // namespace strata::chain
