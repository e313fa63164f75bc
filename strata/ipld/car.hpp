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

/// A function that is called with every block in order. Blocks were checked against their CIDs, except those with an
/// unknown hash function.
using VisitCarBlock = std::function<Status(const CarBlock&)>;
using VisitBlock = std::function<Status(const Cid&, BytesView)>;

/// Walks a CAR of version 1 or 2 with one section in memory at a time. The index of a version 2 file is not read.
/// Errors: truncated, malformed, too_large, unsupported (version), verification; those of the source and of `visit`.
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

}  // namespace strata
