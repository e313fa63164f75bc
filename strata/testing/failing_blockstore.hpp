#pragma once
// A block store whose accesses fail from a chosen one on, as on a disk that cannot be read or has lost a block.
#include <strata/ipld/blockstore.hpp>

namespace strata::testing {

class FailingBlockstore final : public Blockstore {
  public:
    static constexpr std::size_t kNever = static_cast<std::size_t>(-1);

    /// `base` must outlive the object.
    explicit FailingBlockstore(Blockstore& base) : base_(base) {}
    /// Lets the read with number `n`, counted from 0, and every later one fail with `code`; fail_write() does so for
    /// writes.
    void fail_read(std::size_t n, Errc code) {
        read_ = n;
        code_ = code;
    }
    void fail_write(std::size_t n, Errc code) {
        write_ = n;
        code_ = code;
    }
    bool failed() const { return reads_ > read_ || writes_ > write_; }

    Result<Bytes> get(const Cid& cid) override {
        if (reads_++ >= read_) return fail(code_, "a failure was injected for " + cid.to_string());
        return base_.get(cid);
    }
    Result<bool> has(const Cid& cid) override {
        if (reads_++ >= read_) return fail(code_, "a failure was injected for " + cid.to_string());
        return base_.has(cid);
    }
    Result<Cid> put(Codec codec, BytesView data) override {
        const Cid cid = Cid::hash_of(codec, data);
        STRATA_OK(put_block(cid, data));
        return cid;
    }
    Status put_block(const Cid& cid, BytesView data) override {
        if (writes_++ >= write_) return fail(code_, "a failure was injected for " + cid.to_string());
        return base_.put_block(cid, data);
    }

  private:
    Blockstore& base_;
    std::size_t reads_ = 0;
    std::size_t writes_ = 0;
    std::size_t read_ = kNever;
    std::size_t write_ = kNever;
    Errc code_ = Errc::io;
};

}  // namespace strata::testing
