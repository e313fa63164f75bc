#pragma once
// Finds the end of a CBOR item in bytes that come piece by piece. The streams of Filecoin's requests have no length
// before an item. Each byte is looked at once. Source: docs/protocol/node.md §17 (framing).
#include <array>
#include <optional>

#include <strata/base/bytes.hpp>
#include <strata/base/result.hpp>

namespace strata::p2p {

/// Counts heads and lengths only; whether the item is canonical is for its decoder to say.
class ItemScanner {
  public:
    /// A signed message inside a tipset with its messages is five deep.
    static constexpr std::size_t kDepth = 8;

    /// Returns how many of the bytes belong to the item. Errors: malformed for maps, floats and indefinite lengths,
    /// which no message here has; too_large for more than kDepth levels.
    Result<std::size_t> on_bytes(BytesView bytes);
    bool is_done() const { return is_done_; }

  private:
    Status on_byte(std::uint8_t byte);
    Status on_head(unsigned major, std::uint64_t value);
    void end_item();

    std::uint64_t string_left_ = 0;  // bytes of a string that are still to come
    unsigned head_left_ = 0;         // bytes of a head that are still to come
    unsigned major_ = 0;
    std::uint64_t value_ = 0;
    std::array<std::uint64_t, kDepth> items_left_{};  // of each array that is open
    std::size_t depth_ = 0;
    bool is_done_ = false;
};

/// Collects one item of bounded size.
class ItemReader {
  public:
    explicit ItemReader(std::size_t max) : max_(max) {}
    /// Takes bytes up to the end of the item, and moves `bytes` past them. Returns true if the item is complete.
    /// Errors: those of ItemScanner; too_large for an item above the limit.
    Result<bool> take(BytesView& bytes);
    BytesView item() const { return item_; }

  private:
    std::size_t max_;
    ItemScanner scanner_;
    Bytes item_;
};

}  // namespace strata::p2p
