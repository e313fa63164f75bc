#include <strata/ipld/car.hpp>

#include <utility>

#include <strata/base/varint.hpp>

namespace strata {
namespace {

// Reads {"roots": [link...], "version": 1}, in either order.
Result<CarHeader> parse_header(BytesView section) {
    CborReader r(section);
    STRATA_TRY(const auto entries, r.map());
    CarHeader header;
    bool has_roots = false;
    std::uint64_t version = 0;
    for (std::uint64_t i = 0; i < entries; ++i) {
        STRATA_TRY(const auto key, r.text());
        if (key == "roots") {
            STRATA_OK(decode(r, header.roots));
            has_roots = true;
        } else if (key == "version") {
            STRATA_TRY(version, r.uint());
        } else {
            return fail(Errc::malformed, "CAR header: the field '" + std::string(key.substr(0, 64)) + "' is unknown");
        }
    }
    STRATA_OK(r.finish());
    if (version != 1)
        return fail(Errc::unsupported, "CAR header: the version is " + std::to_string(version) + ", expected 1");
    if (!has_roots) return fail(Errc::malformed, "CAR header: the field 'roots' is missing");
    return header;
}

Status check_block(const Cid& cid, BytesView data) {
    const auto matches = cid.matches(data);
    // A block whose hash function is not known cannot be checked, and is passed on unchecked.
    if (!matches && matches.error().code() != Errc::unsupported) return matches.error();
    if (matches && !*matches) return fail(Errc::verification, "the block does not match its CID " + cid.to_string());
    return {};
}

// A version 2 file begins with this version 1 header {"version": 2}. Then come 16 bytes of characteristics and three
// little-endian numbers of 8 bytes: the offset and the size of the version 1 part, and the offset of the index.
constexpr ByteArray<11> kVersion2Pragma{0x0a, 0xa1, 0x67, 'v', 'e', 'r', 's', 'i', 'o', 'n', 0x02};
constexpr std::size_t kVersion2Header = kVersion2Pragma.size() + 16 + 3 * 8;

struct Payload {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

// Finds the version 1 part of a version 2 file, of which `front` is the beginning. Empty for anything but version 2.
Result<std::optional<Payload>> version_2_payload(BytesView front) {
    if (front.size() < kVersion2Pragma.size() || !equal(front.first(kVersion2Pragma.size()), kVersion2Pragma))
        return std::optional<Payload>{};
    if (front.size() < kVersion2Header) return fail(Errc::truncated, "CAR version 2: the file ends inside its header");
    const auto* numbers = front.data() + kVersion2Pragma.size() + 16;  // after the characteristics
    const Payload out{.offset = load_le<std::uint64_t>(numbers), .size = load_le<std::uint64_t>(numbers + 8)};
    if (out.offset < kVersion2Header)
        return fail(Errc::malformed, "CAR version 2: the data begins at byte " + std::to_string(out.offset) +
                                         ", expected at least " + std::to_string(kVersion2Header) +
                                         ", the length of the header");
    return std::optional(out);
}

// Reads the sections of a stream, one in memory at a time.
class SectionStream {
  public:
    explicit SectionStream(const ByteSource& source) : source_(source) {}

    // Moves to the version 1 part of a version 2 file. Call this first.
    Status find_payload() {
        STRATA_OK(fill(kVersion2Header));
        STRATA_TRY(const auto payload, version_2_payload(held()));
        if (!payload) return {};
        while (position_ < payload->offset) {
            STRATA_OK(fill(1));
            if (held().empty()) return fail(Errc::truncated, "CAR version 2: the file ends before its data begins");
            skip(std::min<std::uint64_t>(held().size(), payload->offset - position_));
        }
        left_ = payload->size;
        return {};
    }

    // Moves to the next section; returns false at the end, which must not be inside a section.
    Result<bool> next(CarEnd end) {
        skip(std::exchange(section_size_, 0));
        STRATA_OK(fill(kMaxLengthBytes));  // holds fewer bytes if the source ends
        const BytesView front = held().first(std::min<std::uint64_t>(held().size(), left_));
        if (front.empty() && left_ != 0 && left_ != kUnbounded) return ends_inside_section();
        if (front.empty()) return false;
        BytesView rest = front;
        STRATA_TRY(const auto size, take_uvarint(rest));
        if (size == 0 && end == CarEnd::at_empty_section) return false;
        if (size > kMaxCarSection)
            return fail(Errc::too_large, "CAR: a section has " + std::to_string(size) + " bytes, expected at most " +
                                             std::to_string(kMaxCarSection));
        skip(front.size() - rest.size());
        if (size > left_) return ends_inside_section();
        STRATA_OK(fill(size));
        if (held().size() < size) return ends_inside_section();
        section_size_ = size;
        return true;
    }
    // Returns the section, which is valid until the next call of next().
    BytesView section() const { return held().first(section_size_); }
    // Returns the offset of the section from the beginning of the source.
    std::uint64_t position() const { return position_; }

  private:
    static constexpr std::size_t kMaxLengthBytes = 10;
    static constexpr std::size_t kReadAhead = std::size_t{64} << 10;
    static constexpr std::uint64_t kUnbounded = UINT64_MAX;

    static Error ends_inside_section() { return fail(Errc::truncated, "CAR: the data ends inside a section"); }
    BytesView held() const { return BytesView(buffer_).subspan(begin_); }

    // Reads until `count` bytes are held or the source ends. An outsider chooses `count`, so the buffer grows with the
    // bytes that were read: each step at most doubles it or adds kReadAhead.
    Status fill(std::size_t count) {
        while (held().size() < count) {
            buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
            begin_ = 0;
            const std::size_t before = buffer_.size();
            buffer_.resize(before + std::max(kReadAhead, std::min(count - before, before)));
            const std::size_t wanted = buffer_.size() - before;
            STRATA_TRY(const auto got, read_full(source_, std::span(buffer_).subspan(before)));
            buffer_.resize(before + got);
            if (got < wanted) return {};
        }
        return {};
    }
    // Skips `count` bytes, which must be held.
    void skip(std::uint64_t count) {
        begin_ += count;
        position_ += count;
        if (left_ != kUnbounded) left_ -= count;
    }

    const ByteSource& source_;
    Bytes buffer_;
    std::size_t begin_ = 0;
    std::size_t section_size_ = 0;
    std::uint64_t position_ = 0;
    std::uint64_t left_ = kUnbounded;  // bytes left of the version 1 part; kUnbounded if that part ends with the input
};

}  // namespace

Result<BytesView> car_payload(BytesView file) {
    STRATA_TRY(const auto payload, version_2_payload(file));
    if (!payload) return file;
    if (payload->offset > file.size() || payload->size > file.size() - payload->offset)
        return fail(Errc::truncated, "CAR version 2: the header says " + std::to_string(payload->size) +
                                         " bytes of data from byte " + std::to_string(payload->offset) +
                                         ", but the file has " + std::to_string(file.size()) + " bytes");
    return file.subspan(payload->offset, payload->size);
}

Result<CarHeader> scan_car(const ByteSource& source, const VisitCarBlock& visit, CarEnd end) {
    SectionStream stream(source);
    STRATA_OK(stream.find_payload());
    STRATA_TRY(const bool any, stream.next(CarEnd::at_end_of_input));
    if (!any) return fail(Errc::truncated, "CAR: the data is empty");
    STRATA_TRY(auto header, parse_header(stream.section()));
    for (;;) {
        STRATA_TRY(const bool more, stream.next(end));
        if (!more) return header;
        CarBlock block{.cid = {}, .data = stream.section()};
        STRATA_TRY(block.cid, Cid::take(block.data));
        block.offset = stream.position() + stream.section().size() - block.data.size();
        STRATA_OK(check_block(block.cid, block.data));
        STRATA_OK(visit(block));
    }
}

Result<CarHeader> stream_car(const ByteSource& source, const VisitBlock& visit, CarEnd end) {
    return scan_car(source, [&](const CarBlock& block) { return visit(block.cid, block.data); }, end);
}

Result<CarHeader> read_car(BytesView car, const VisitBlock& visit, CarEnd end) {
    const auto in_place = [&](const CarBlock& block) {
        return visit(block.cid, car.subspan(block.offset, block.data.size()));
    };
    return scan_car(memory_source(car), in_place, end);
}

Result<CarHeader> load_car(BytesView car, Blockstore& store, CarEnd end) {
    return read_car(car, [&](const Cid& cid, BytesView data) { return store.put_block(cid, data); }, end);
}

Bytes car_header(const std::vector<Cid>& roots) {
    CborWriter w;
    w.map(2);
    w.text("roots");
    encode(w, roots);
    w.text("version");
    w.uint(1);
    Bytes out = uvarint(w.view().size());
    append(out, w.view());
    return out;
}

Bytes car_section(const Cid& cid, BytesView data) {
    Bytes out = uvarint(cid.bytes().size() + data.size());
    append(out, cid.bytes());
    append(out, data);
    return out;
}

}  // namespace strata
