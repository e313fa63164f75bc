#pragma once
// CAR version 1: a header with roots, then blocks by CID. Source: fvm.md §1.10, node.md §23.
#include <functional>

#include <strata/base/byte_source.hpp>
#include <strata/ipld/blockstore.hpp>

namespace strata {

struct CarHeader {
    std::vector<Cid> roots;
};

/// Most bytes of one section; larger ones are refused before anything is read.
inline constexpr std::size_t kMaxCarSection = std::size_t{8} << 20;

/// Walks a whole CAR in memory. Every block is checked against its CID where its hash function is known.
/// Errors: truncated, malformed, too_large, verification.
Result<CarHeader> read_car(BytesView car, const std::function<Status(const Cid&, BytesView)>& visit);
/// The version 1 part of a CAR of version 2 (between its header and its index); a version 1 file as it is.
/// Errors: truncated, malformed.
Result<BytesView> car_payload(BytesView file);
/// The same from a stream of version 1, one section in memory at a time. Errors of the source too.
Result<CarHeader> stream_car(const ByteSource& source, const std::function<Status(const Cid&, BytesView)>& visit);
/// Puts every block into `store`.
Result<CarHeader> load_car(BytesView car, Blockstore& store);

/// Header and sections for writing; the caller puts them one after another.
Bytes car_header(const std::vector<Cid>& roots);
Bytes car_section(const Cid& cid, BytesView data);

}  // namespace strata
