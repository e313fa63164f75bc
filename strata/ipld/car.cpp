#include <strata/ipld/car.hpp>

#include <algorithm>
#include <utility>

#include <strata/base/varint.hpp>
#include <strata/crypto/blake2.hpp>
#include <strata/crypto/sha256.hpp>

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

constexpr std::size_t kMaxLengthBytes = 10;
constexpr std::size_t kReadAhead = std::size_t{64} << 10;

Error ends_inside_section() {
    return fail(Errc::truncated, "CAR: the data ends inside a section");
}

// The hash functions of blocks that come in pieces.
class PieceHash {
  public:
    static Result<PieceHash> of(const Cid& cid) {
        if (cid.hash() == HashCode::blake2b_256 || cid.hash() == HashCode::sha2_256)
            return PieceHash(cid.hash() == HashCode::blake2b_256);
        return fail(Errc::unsupported,
                    "the large block " + cid.to_string() + " has a hash function that is not blake2b-256 or sha2-256");
    }
    void update(BytesView data) { is_blake_ ? blake_.update(data) : sha_.update(data); }
    Hash256 finish() {
        if (!is_blake_) return sha_.finish();
        Hash256 out;
        blake_.finish(out);
        return out;
    }

  private:
    explicit PieceHash(bool is_blake) : is_blake_(is_blake) {}
    bool is_blake_;
    crypto::Blake2b blake_{32};
    crypto::Sha256 sha_;
};

}  // namespace

Result<CarReader> CarReader::open(ByteSource source, CarEnd end) {
    CarReader out(std::move(source));
    STRATA_OK(out.find_payload());
    STRATA_TRY(const bool any, out.next_section(CarEnd::at_end_of_input, kMaxCarHeader));
    if (!any) return fail(Errc::truncated, "CAR: the data is empty");
    STRATA_TRY(out.header_, parse_header(out.section()));
    out.end_ = end;
    return out;
}

// Moves to the version 1 part of a version 2 file.
Status CarReader::find_payload() {
    STRATA_OK(fill(kVersion2Header));
    STRATA_TRY(const auto payload, version_2_payload(held()));
    if (!payload) return {};
    const auto found = discard(payload->offset);
    if (!found && found.error().code() == Errc::truncated)
        return fail(Errc::truncated, "CAR version 2: the file ends before its data begins");
    STRATA_OK(found);
    left_ = payload->size;
    return {};
}

// Reads the length of the next section; empty at the end, which must not be inside a section.
Result<std::optional<std::uint64_t>> CarReader::next_length(CarEnd end) {
    skip(std::exchange(section_size_, 0));
    STRATA_OK(fill(kMaxLengthBytes));  // holds fewer bytes if the source ends
    const BytesView front = held().first(std::min<std::uint64_t>(held().size(), left_));
    if (front.empty() && left_ != 0 && left_ != kUnbounded) return ends_inside_section();
    if (front.empty()) return std::optional<std::uint64_t>();
    BytesView rest = front;
    STRATA_TRY(const auto size, take_uvarint(rest));
    if (size == 0 && end == CarEnd::at_empty_section) return std::optional<std::uint64_t>();
    skip(front.size() - rest.size());
    if (size > left_) return ends_inside_section();
    return std::optional(size);
}

Result<bool> CarReader::next_section(CarEnd end, std::size_t max) {
    STRATA_TRY(const auto size, next_length(end));
    if (!size) return false;
    if (*size > max)
        return fail(Errc::too_large,
                    "CAR: a section has " + std::to_string(*size) + " bytes, expected at most " + std::to_string(max));
    STRATA_OK(fill(*size));
    if (held().size() < *size) return ends_inside_section();
    section_size_ = *size;
    return true;
}

Result<bool> CarReader::next(CarBlock& block) {
    STRATA_TRY(const bool more, next_section(end_, kMaxCarSection));
    if (!more) return false;
    block.data = section();
    STRATA_TRY(block.cid, Cid::take(block.data));
    block.offset = position() - block.data.size();
    STRATA_OK(check_block(block.cid, block.data));
    return true;
}

Result<std::uint64_t> CarReader::next_in_pieces(const Cid& expected, std::uint64_t max, const ByteSink& sink) {
    STRATA_TRY(auto hash, PieceHash::of(expected));
    STRATA_TRY(const auto length, next_length(end_));
    if (!length) return fail(Errc::truncated, "CAR: the block " + expected.to_string() + " is missing at the end");
    const auto id = expected.bytes();
    STRATA_OK(fill(std::min<std::uint64_t>(*length, id.size())));
    if (*length < id.size() || held().size() < id.size() || !equal(held().first(id.size()), id))
        return fail(Errc::malformed, "CAR: the next block is not " + expected.to_string());
    skip(id.size());
    const std::uint64_t size = *length - id.size();
    if (size > max)
        return fail(Errc::too_large, "CAR: the block " + expected.to_string() + " has " + std::to_string(size) +
                                         " bytes, expected at most " + std::to_string(max));
    for (std::uint64_t left = size; left != 0;) {
        STRATA_OK(fill(1));
        if (held().empty()) return ends_inside_section();
        const auto piece = held().first(std::min<std::uint64_t>(held().size(), left));
        hash.update(piece);
        STRATA_OK(sink(piece));
        left -= piece.size();
        skip(piece.size());
    }
    if (equal(hash.finish(), expected.digest())) return size;
    return fail(Errc::verification, "the block does not match its CID " + expected.to_string());
}

// Reads until `count` bytes are held or the source ends. An outsider chooses `count`, so the buffer grows with the
// bytes that were read: each step at most doubles it or adds kReadAhead.
Status CarReader::fill(std::size_t count) {
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
void CarReader::skip(std::uint64_t count) {
    begin_ += count;
    position_ += count;
    if (left_ != kUnbounded) left_ -= count;
}

Status CarReader::discard(std::uint64_t count) {
    while (count != 0) {
        STRATA_OK(fill(1));
        if (held().empty()) return ends_inside_section();
        const auto size = std::min<std::uint64_t>(held().size(), count);
        skip(size);
        count -= size;
    }
    return {};
}

Status CarReader::skip_to(std::uint64_t position, const std::function<Status(std::uint64_t)>& seek) {
    skip(std::exchange(section_size_, 0));
    if (position < position_ || position - position_ > left_)
        return fail(Errc::invalid_argument, "CAR: no section begins at byte " + std::to_string(position) +
                                                ", since the reader is at byte " + std::to_string(position_));
    const auto count = position - position_;
    if (!seek || count <= held().size()) return discard(count);
    STRATA_OK(seek(position));
    begin_ = buffer_.size();
    position_ = position;
    if (left_ != kUnbounded) left_ -= count;
    return {};
}

Status CarReader::check_padding() {
    for (;;) {
        const auto part = held().first(std::min<std::uint64_t>(held().size(), left_));
        if (std::ranges::any_of(part, [](std::uint8_t byte) { return byte != 0; }))
            return fail(Errc::trailing, "CAR: bytes that are not zero follow the empty section at byte " +
                                            std::to_string(position_) + ", which ends the blocks");
        if (left_ != kUnbounded && part.size() == left_) return {};
        skip(part.size());
        STRATA_OK(fill(1));
        if (held().empty()) return {};
    }
}

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
    STRATA_TRY(auto reader, CarReader::open([&](std::span<std::uint8_t> buffer) { return source(buffer); }, end));
    for (CarBlock block;;) {
        STRATA_TRY(const bool more, reader.next(block));
        if (!more) return reader.header();
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

Bytes car_section_head(const Cid& cid, std::uint64_t size) {
    Bytes out = uvarint(cid.bytes().size() + size);
    append(out, cid.bytes());
    return out;
}

Bytes car_section(const Cid& cid, BytesView data) {
    Bytes out = car_section_head(cid, data.size());
    append(out, data);
    return out;
}

}  // namespace strata
