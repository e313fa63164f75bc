#include <strata/ipld/bitfield.hpp>

#include <strata/base/varint.hpp>

namespace strata {
namespace {

using Range = BitField::Range;

// The longest stored form, in bytes (docs/protocol/fvm.md §1.9).
constexpr std::size_t kMaxEncoded = 32 * 1024;

class BitReader {
  public:
    explicit BitReader(BytesView bytes) : bytes_(bytes) {}
    // Takes `count` bits, the lowest first. Beyond the end every bit is 0, as in the reference; only the tail of the
    // last byte is read in this way.
    unsigned take(unsigned count) {
        unsigned out = 0;
        for (unsigned i = 0; i < count; ++i, ++at_) out |= bit(at_) << i;
        return out;
    }
    bool done() const { return at_ >= bytes_.size() * 8; }

  private:
    unsigned bit(std::size_t at) const { return at / 8 < bytes_.size() ? bytes_[at / 8] >> (at % 8) & 1U : 0U; }
    BytesView bytes_;
    std::size_t at_ = 0;
};

class BitWriter {
  public:
    void put(std::uint64_t value, unsigned count) {
        for (unsigned i = 0; i < count; ++i, ++at_) {
            if (at_ % 8 == 0) out_.push_back(0);
            out_.back() = static_cast<std::uint8_t>(out_.back() | (value >> i & 1) << (at_ % 8));
        }
    }
    Bytes take() {
        // The minimal form ends in a byte that is not zero.
        while (!out_.empty() && out_.back() == 0) out_.pop_back();
        return std::move(out_);
    }

  private:
    Bytes out_;
    std::size_t at_ = 0;
};

Result<std::uint64_t> read_varint(BitReader& r) {
    Bytes bytes;
    do {
        if (r.done() || bytes.size() == 10)
            return fail(Errc::malformed, "bit field: the length of a run is not a complete varint");
        bytes.push_back(static_cast<std::uint8_t>(r.take(8)));
    } while ((bytes.back() & 0x80) != 0);
    return parse_uvarint(bytes);
}

Error longer_than_needed(std::uint64_t length) {
    return fail(Errc::non_canonical,
                "bit field: a run of length " + std::to_string(length) + " is stored in a longer form than it needs");
}

// Reads the length of one run. A run of one is stored as the bit 1, a run of up to 15 as 01 and four bits, a longer one
// as 00 and a varint. The result is 0 at the end of the data, where only the zeros that fill the last byte are left.
Result<std::uint64_t> read_run(BitReader& r) {
    if (r.take(1) == 1) return 1;
    if (r.take(1) == 1) {
        const unsigned length = r.take(4);
        if (length < 2) return longer_than_needed(length);
        return length;
    }
    if (r.done()) return 0;
    STRATA_TRY(const auto length, read_varint(r));
    if (length < 16 && !(length == 0 && r.done())) return longer_than_needed(length);
    return length;
}

void write_run(BitWriter& w, std::uint64_t length) {
    if (length == 1) return w.put(1, 1);
    if (length < 16) {
        w.put(2, 2);  // the bits 0 and 1
        return w.put(length, 4);
    }
    w.put(0, 2);
    for (const auto byte : uvarint(length)) w.put(byte, 8);
}

// Appends a range and joins it to the last one if they touch.
void push(std::vector<Range>& out, Range range) {
    if (range.begin >= range.end) return;
    if (!out.empty() && out.back().end >= range.begin) {
        out.back().end = std::max(out.back().end, range.end);
    } else {
        out.push_back(range);
    }
}

// Cuts the number line into pieces at the edges of all ranges, so that each set holds a piece completely or not at all.
// keep(in a, in b) decides which pieces stay.
template <class Keep>
std::vector<Range> combine(const std::vector<Range>& a, const std::vector<Range>& b, Keep keep) {
    std::vector<std::uint64_t> edges;
    edges.reserve(2 * (a.size() + b.size()));
    for (const auto& range : a) edges.insert(edges.end(), {range.begin, range.end});
    for (const auto& range : b) edges.insert(edges.end(), {range.begin, range.end});
    std::ranges::sort(edges);
    const auto repeated = std::ranges::unique(edges);
    edges.erase(repeated.begin(), repeated.end());
    std::vector<Range> out;
    std::size_t i = 0;
    std::size_t j = 0;
    for (std::size_t e = 0; e + 1 < edges.size(); ++e) {
        while (i < a.size() && a[i].end <= edges[e]) ++i;
        while (j < b.size() && b[j].end <= edges[e]) ++j;
        const bool in_a = i < a.size() && a[i].begin <= edges[e];
        const bool in_b = j < b.size() && b[j].begin <= edges[e];
        if (keep(in_a, in_b)) push(out, {edges[e], edges[e + 1]});
    }
    return out;
}

}  // namespace

BitField::BitField(std::initializer_list<std::uint64_t> positions) : BitField(of(positions)) {}

BitField BitField::of(std::vector<std::uint64_t> positions) {
    std::ranges::sort(positions);
    BitField out;
    for (const auto position : positions) push(out.ranges_, {position, position + 1});
    return out;
}

BitField BitField::range(std::uint64_t begin, std::uint64_t end) {
    BitField out;
    push(out.ranges_, {begin, end});
    return out;
}

BitField BitField::from_ranges(const std::vector<Range>& sorted_disjoint) {
    BitField out;
    for (const auto& range : sorted_disjoint) push(out.ranges_, range);
    return out;
}

Result<BitField> BitField::decode(BytesView rle_plus) {
    BitField out;
    if (rle_plus.empty()) return out;
    if (rle_plus.size() > kMaxEncoded) return Errc::too_large;
    if ((rle_plus[0] & 3) != 0)
        return fail(Errc::malformed, "bit field: the version is " + std::to_string(rle_plus[0] & 3) + ", expected 0");
    if (rle_plus.back() == 0)
        return fail(Errc::non_canonical, "bit field: the last byte is 0, so the encoding is not minimal");
    BitReader r(rle_plus);
    r.take(2);
    bool next_is_ones = r.take(1) == 1;
    std::uint64_t at = 0;
    while (!r.done()) {
        STRATA_TRY(const auto length, read_run(r));
        if (length == 0) break;
        if (at + length < at)
            return fail(Errc::out_of_range, "bit field: the runs add up to more than 2^64 - 1 positions");
        if (next_is_ones) out.ranges_.push_back({at, at + length});
        at += length;
        next_is_ones = !next_is_ones;
    }
    // The last run must be of ones, so the next one would be of zeros.
    if (next_is_ones) return fail(Errc::non_canonical, "bit field: the last run is of zeros, expected ones");
    return out;
}

Bytes BitField::to_rle_plus() const {
    if (ranges_.empty()) return {};
    BitWriter w;
    w.put(0, 2);
    // After two bits of version, one bit tells whether the first run is of ones. From then on zeros and ones alternate.
    w.put(ranges_[0].begin == 0 ? 1 : 0, 1);
    std::uint64_t at = 0;
    for (const auto& range : ranges_) {
        if (range.begin > at) write_run(w, range.begin - at);
        write_run(w, range.end - range.begin);
        at = range.end;
    }
    return w.take();
}

Result<BitField> BitField::read_cbor(CborReader& r) {
    STRATA_TRY(const auto bytes, r.bytes());
    return decode(bytes);
}

std::uint64_t BitField::count() const {
    std::uint64_t total = 0;
    for (const auto& range : ranges_) total += range.end - range.begin;
    return total;
}
bool BitField::contains(std::uint64_t position) const {
    const auto it = std::ranges::upper_bound(ranges_, position, {}, &Range::end);
    return it != ranges_.end() && it->begin <= position;
}
std::optional<std::uint64_t> BitField::first() const {
    return ranges_.empty() ? std::nullopt : std::optional(ranges_.front().begin);
}
std::optional<std::uint64_t> BitField::last() const {
    return ranges_.empty() ? std::nullopt : std::optional(ranges_.back().end - 1);
}
Result<std::vector<std::uint64_t>> BitField::positions(std::uint64_t limit) const {
    if (count() > limit)
        return fail(Errc::too_large, "the bit field has " + std::to_string(count()) + " positions, expected at most " +
                                         std::to_string(limit));
    std::vector<std::uint64_t> out;
    out.reserve(count());
    for (const auto& range : ranges_)
        for (std::uint64_t i = range.begin; i < range.end; ++i) out.push_back(i);
    return out;
}

void BitField::set(std::uint64_t position) {
    *this |= range(position, position + 1);
}
void BitField::unset(std::uint64_t position) {
    *this -= range(position, position + 1);
}
BitField& BitField::operator|=(const BitField& other) {
    ranges_ = combine(ranges_, other.ranges_, [](bool a, bool b) { return a || b; });
    return *this;
}
BitField& BitField::operator-=(const BitField& other) {
    ranges_ = combine(ranges_, other.ranges_, [](bool a, bool b) { return a && !b; });
    return *this;
}
BitField& BitField::operator&=(const BitField& other) {
    ranges_ = combine(ranges_, other.ranges_, [](bool a, bool b) { return a && b; });
    return *this;
}
bool BitField::contains_all(const BitField& other) const {
    return (other - *this).empty();
}
bool BitField::contains_any(const BitField& other) const {
    return !(other & *this).empty();
}

// A position that is kept moves down by the number of removed positions below it.
BitField BitField::cut(const BitField& other) const {
    BitField out;
    std::uint64_t removed = 0;  // positions of `other` below the current range
    std::size_t j = 0;
    const auto kept = *this - other;
    for (const auto& range : kept.ranges_) {
        for (; j < other.ranges_.size() && other.ranges_[j].end <= range.begin; ++j)
            removed += other.ranges_[j].end - other.ranges_[j].begin;
        push(out.ranges_, {range.begin - removed, range.end - removed});
    }
    return out;
}

Result<BitField> BitField::slice(std::uint64_t start, std::uint64_t count) const {
    BitField out;
    // `seen` counts the positions of all ranges before the current one.
    std::uint64_t seen = 0;
    for (const auto& range : ranges_) {
        if (count == 0) break;
        const std::uint64_t size = range.end - range.begin;
        const std::uint64_t skip = start > seen ? std::min(size, start - seen) : 0;
        const std::uint64_t take = std::min(size - skip, count);
        push(out.ranges_, {range.begin + skip, range.begin + skip + take});
        count -= take;
        seen += size;
    }
    if (count > 0)
        return fail(Errc::out_of_range,
                    "the bit field ends before the slice does: " + std::to_string(count) + " positions are missing");
    return out;
}

}  // namespace strata
