#include <strata/proofs/circuit/row_hash.hpp>

#include <deque>
#include <thread>

#include <strata/base/hex.hpp>
#include <strata/base/mutex.hpp>
#include <strata/crypto/blake2.hpp>

namespace strata::proofs {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 20;
constexpr std::size_t kQueued = 8;
constexpr std::size_t kTermBytes = 1 + 8 + 32;  // a letter, the index, the coefficient

/// Computes a BLAKE2s over blocks of rows, on a thread of its own while a different thread makes the rows. The queue is
/// short, so that it does not fill the memory if the hash falls behind.
class HashThread {
  public:
    explicit HashThread(BytesView head) : hash_(32) {
        hash_.update(head);
        thread_ = std::jthread([this] { work(); });
    }
    void push(std::shared_ptr<const Bytes> block) {
        Lock lock(mutex_);
        while (queue_.size() >= kQueued) changed_.wait(lock);
        queue_.push_back(std::move(block));
        changed_.notify_all();
    }
    /// Returns the digests of all marked parts. A null pointer in the queue ends the thread.
    std::vector<Hash256> finish() {
        push(nullptr);
        thread_.join();
        return std::move(digests_);
    }
    /// Ends the current digest and begins the next. In the queue, an empty block is the sign for it.
    void mark() { push(std::make_shared<const Bytes>()); }
    ~HashThread() {
        if (thread_.joinable()) push(nullptr);
    }

  private:
    std::shared_ptr<const Bytes> next() {
        Lock lock(mutex_);
        while (queue_.empty()) changed_.wait(lock);
        auto block = std::move(queue_.front());
        queue_.pop_front();
        changed_.notify_all();
        return block;
    }
    void end_digest() {
        hash_.finish(digests_.emplace_back());
        hash_ = crypto::Blake2s(32);
    }
    void work() {
        while (const auto block = next()) {
            if (block->empty())  // pushed by mark()
                end_digest();
            else
                hash_.update(*block);
        }
    }

    crypto::Blake2s hash_;
    std::vector<Hash256> digests_;
    Mutex mutex_;
    Condition changed_;
    std::deque<std::shared_ptr<const Bytes>> queue_ STRATA_GUARDED_BY(mutex_);
    std::jthread thread_;
};

ByteArray<24> counts_head(const Counts& counts) {
    ByteArray<24> head;
    store_be<std::uint64_t>(head.data(), counts.inputs);
    store_be<std::uint64_t>(head.data() + 8, counts.aux);
    store_be<std::uint64_t>(head.data() + 16, counts.rows);
    return head;
}

}  // namespace

/// Feeds every block to the digest of all rows and, if wanted, to the digests of segments.
class RowHasher::Pipe {
  public:
    Pipe(const Counts& counts, bool segments) : total_(counts_head(counts)) {
        if (segments) segments_ = std::make_unique<HashThread>(BytesView{});
    }
    void push(Bytes block) {
        if (block.empty()) return;
        bytes_ += block.size();
        const auto shared = std::make_shared<const Bytes>(std::move(block));
        total_.push(shared);
        if (segments_) segments_->push(shared);
    }
    void end_segment() {
        if (segments_) segments_->mark();
    }
    RowDigests finish() {
        RowDigests out;
        total_.mark();
        out.total = total_.finish().front();
        if (segments_) out.segments = segments_->finish();
        out.bytes = bytes_;
        return out;
    }

  private:
    HashThread total_;
    std::unique_ptr<HashThread> segments_;
    std::uint64_t bytes_ = 0;
};

RowHasher::RowHasher(const Counts& counts, std::uint64_t segment_rows)
    : pipe_(std::make_unique<Pipe>(counts, segment_rows != 0)), segment_rows_(segment_rows) {
    block_.reserve(kBlock + kBlock / 4);
}

RowHasher::~RowHasher() = default;

// A combination is hashed as the number of its terms and, for each term, 'I' or 'A', the index of the variable and the
// coefficient. All numbers are big-endian (docs/protocol/proofs.md §12).
void RowHasher::combination(const Coefficients& coefficients, Terms terms) {
    const std::size_t at = block_.size();
    block_.resize(at + 8 + kTermBytes * terms.size());
    auto* to = block_.data() + at;
    store_be<std::uint64_t>(to, terms.size());
    to += 8;
    for (const auto& term : terms) {
        *to = term.variable.is_aux() ? 'A' : 'I';
        store_be<std::uint64_t>(to + 1, term.variable.index());
        std::memcpy(to + 9, coefficients.big_endian(term.coefficient).data(), 32);
        to += kTermBytes;
    }
}

void RowHasher::row(const Coefficients& coefficients, Terms a, Terms b, Terms c) {
    combination(coefficients, a);
    combination(coefficients, b);
    combination(coefficients, c);
    const bool ends_segment = segment_rows_ != 0 && ++rows_ % segment_rows_ == 0;
    if (block_.size() < kBlock && !ends_segment) return;
    pipe_->push(std::exchange(block_, {}));
    block_.reserve(kBlock + kBlock / 4);
    if (ends_segment) pipe_->end_segment();
}

RowDigests RowHasher::finish() {
    pipe_->push(std::exchange(block_, {}));
    if (segment_rows_ != 0 && rows_ % segment_rows_ != 0) pipe_->end_segment();
    return pipe_->finish();
}

namespace {

/// Prints x or -x, whichever is shorter: small values in decimal, others in hexadecimal.
std::string coefficient_text(const Coefficients& coefficients, CoefficientId id) {
    const auto plain = [](const crypto::Fr& x) {
        auto bytes = x.to_bytes();
        std::ranges::reverse(bytes);
        auto text = to_hex(bytes);
        text.erase(0, std::min(text.find_first_not_of('0'), text.size()));
        return text.size() <= 8 ? std::to_string(std::stoul("0" + text, nullptr, 16)) : "0x" + text;
    };
    const auto positive = plain(coefficients[id]);
    const auto negative = "-" + plain(-coefficients[id]);
    return negative.size() <= positive.size() ? negative : positive;
}

std::string terms_text(const Coefficients& coefficients, Terms terms) {
    std::string out;
    for (const auto& term : terms) {
        if (!out.empty()) out += ' ';
        out += coefficient_text(coefficients, term.coefficient) + "*" + (term.variable.is_aux() ? "A" : "I") +
               std::to_string(term.variable.index());
    }
    return out;
}

}  // namespace

void RowPrinter::row(const Coefficients& coefficients, Terms a, Terms b, Terms c) {
    if (row_ >= first_ && row_ < last_)
        lines_.push_back(std::to_string(row_) + " A[" + terms_text(coefficients, a) + "] B[" +
                         terms_text(coefficients, b) + "] C[" + terms_text(coefficients, c) + "]");
    ++row_;
}

}  // namespace strata::proofs
