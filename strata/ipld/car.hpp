#pragma once
// Reads CAR files of versions 1 and 2 and writes version 1: a header with roots, then blocks, each after its CID.
// Source: ipld.io/specs/transport/car (carv1, carv2).
#include <functional>

#include <strata/base/byte_source.hpp>
#include <strata/ipld/blockstore.hpp>

namespace strata {

struct CarHeader {
    std::vector<Cid> roots;
};

/// The largest section in bytes; longer ones are refused before they are read. go-car's default limit is the same.
inline constexpr std::size_t kMaxCarSection = std::size_t{8} << 20;
/// The largest header: 25,000 roots.
inline constexpr std::size_t kMaxCarHeader = std::size_t{1} << 20;

/// The way in which a CAR ends. A piece holds a CAR and then zeros: there a section of length zero is the end, and the
/// bytes after it are not read (go-car's ZeroLengthSectionAsEOF, which Boost sets for pieces).
enum class CarEnd {
    at_end_of_input,
    at_empty_section,
};

/// One block of a CAR. `data` is valid during the visit only.
struct CarBlock {
    Cid cid;
    BytesView data;
    std::uint64_t offset = 0;  // the offset of `data` from the beginning of the source
};

/// Reads a CAR of version 1 or 2 from a stream, one section in memory at a time. The index of a version 2 file is not
/// read. Errors of every function: truncated, malformed, too_large, unsupported (version), verification; those of the
/// source. After an error nothing else may be called. Use it from one thread at a time.
class CarReader {
  public:
    /// Reads the header.
    static Result<CarReader> open(ByteSource source, CarEnd end = CarEnd::at_end_of_input);
    /// Reads sections alone, without a header before them.
    static CarReader of_sections(ByteSource source) { return CarReader(std::move(source)); }
    const CarHeader& header() const { return header_; }
    /// Reads the next block and checks it against its CID; returns false at the end. The block is valid until the next
    /// call.
    Result<bool> next(CarBlock& block);
    /// Hands the data of the next block on in pieces, however large it is, and returns its length. The block must have
    /// this CID with the hash function blake2b-256 or sha2-256. Errors: also too_large above `max`, unsupported (hash
    /// function), those of `sink`. What `sink` received is the block only if this succeeds.
    Result<std::uint64_t> next_in_pieces(const Cid& expected, std::uint64_t max, const ByteSink& sink);
    /// Returns the offset, from the beginning of the source, at which the next section begins.
    std::uint64_t position() const { return position_ + section_size_; }
    /// Moves to a place where a section begins. `seek` moves the source to an offset from its beginning; without it,
    /// the bytes up to there are read. Error: also invalid_argument for a place before position().
    Status skip_to(std::uint64_t position, const std::function<Status(std::uint64_t)>& seek = {});
    /// Errors: trailing if anything but zeros follows an empty section that ended the CAR; those of the source.
    Status check_padding();

  private:
    explicit CarReader(ByteSource source) : source_(std::move(source)) {}
    static constexpr std::uint64_t kUnbounded = UINT64_MAX;

    Status find_payload();
    Result<bool> next_section(CarEnd end, std::size_t max);
    Result<std::optional<std::uint64_t>> next_length(CarEnd end);
    Status fill(std::size_t count);
    void skip(std::uint64_t count);
    Status discard(std::uint64_t count);
    BytesView held() const { return BytesView(buffer_).subspan(begin_); }
    BytesView section() const { return held().first(section_size_); }

    ByteSource source_;
    CarEnd end_ = CarEnd::at_end_of_input;
    CarHeader header_;
    Bytes buffer_;
    std::size_t begin_ = 0;
    std::size_t section_size_ = 0;  // of the section that was returned last
    std::uint64_t position_ = 0;
    std::uint64_t left_ = kUnbounded;  // bytes left of the version 1 part; kUnbounded if that part ends with the input
};

/// A function that is called with every block in order. Blocks were checked against their CIDs, except those with an
/// unknown hash function.
using VisitCarBlock = std::function<Status(const CarBlock&)>;
using VisitBlock = std::function<Status(const Cid&, BytesView)>;

/// Visits every block. Errors: those of CarReader and of `visit`.
Result<CarHeader> scan_car(const ByteSource& source, const VisitCarBlock& visit, CarEnd end = CarEnd::at_end_of_input);
Result<CarHeader> stream_car(const ByteSource& source, const VisitBlock& visit, CarEnd end = CarEnd::at_end_of_input);
/// Does the same for a CAR in memory; blocks are visited in place.
Result<CarHeader> read_car(BytesView car, const VisitBlock& visit, CarEnd end = CarEnd::at_end_of_input);
/// Returns the part of a version 2 file that has the form of version 1 (between the header and the index); a version 1
/// file is returned unchanged. Errors: truncated, malformed.
Result<BytesView> car_payload(BytesView file);
/// Puts every block of the CAR into `store`.
Result<CarHeader> load_car(BytesView car, Blockstore& store, CarEnd end = CarEnd::at_end_of_input);

/// These functions return a header and a section for writing; the caller puts them one after another.
Bytes car_header(const std::vector<Cid>& roots);
Bytes car_section(const Cid& cid, BytesView data);
/// Returns what stands before the data of a block of `size` bytes.
Bytes car_section_head(const Cid& cid, std::uint64_t size);

}  // namespace strata
