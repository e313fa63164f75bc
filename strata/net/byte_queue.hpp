#pragma once
// Bytes that come in at the end and leave at the front. A queue takes at most about four times the memory of its bytes.
// One thread at a time.
#include <strata/base/bytes.hpp>

namespace strata::net {

class ByteQueue {
  public:
    std::size_t size() const { return bytes_.size() - head_; }
    bool empty() const { return size() == 0; }
    BytesView view() const { return BytesView(bytes_).subspan(head_); }
    void push(BytesView more) { append(bytes_, more); }

    /// Removes `count` bytes, which must be there (checked by the view).
    void drop(std::size_t count) {
        head_ += count;
        if (empty() && bytes_.capacity() > kKept) {
            clear();
            return;
        }
        // Each byte is moved at most once for each byte that left before it.
        if (head_ * 2 < bytes_.size()) return;
        bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(head_));
        head_ = 0;
    }
    Bytes take(std::size_t max) {
        Bytes out = to_bytes(view().first(std::min(max, size())));
        drop(out.size());
        return out;
    }
    void clear() {
        bytes_ = {};
        head_ = 0;
    }

  private:
    static constexpr std::size_t kKept = 4096;  // bytes of memory that an empty queue may keep

    Bytes bytes_;
    std::size_t head_ = 0;
};

}  // namespace strata::net
