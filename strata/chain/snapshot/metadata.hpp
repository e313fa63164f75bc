#pragma once
// The first blocks of a snapshot of version 2: its metadata, and the finality certificates of F3. Source: FRC-0108;
// lotus chain/store/cbor_gen.go (the metadata are a map); docs/protocol/node.md §23.
#include <optional>
#include <vector>

#include <strata/base/random_file.hpp>
#include <strata/ipld/cid.hpp>

namespace strata::chain {

/// A snapshot of version 1 has no metadata: its roots are the head.
struct SnapshotMetadata {
    std::vector<Cid> head;
    std::optional<Cid> f3;  // the block of F3 data, of the codec raw
};

/// Returns the block of the metadata, in strict DAG-CBOR.
Bytes to_block(const SnapshotMetadata& metadata);
/// Returns the metadata if the block is one; empty for any other block, such as the header of a block of the chain.
std::optional<SnapshotMetadata> metadata_from(BytesView block);

/// The instances of F3 whose certificates the data hold.
struct F3Range {
    std::uint64_t version = 0;
    std::uint64_t first = 0;
    std::uint64_t latest = 0;
};
/// Reads the range from the beginning of F3 data, of which 64 bytes are enough. Errors: malformed, truncated.
Result<F3Range> f3_range(BytesView front);

/// The most bytes that F3 data may have. Forest's limit is the same (car_stream.rs, MAX_F3_FRAME_LEN).
inline constexpr std::uint64_t kMaxF3Bytes = std::uint64_t{16} << 30;

/// Returns the CID of the F3 data in a file, which is read in pieces.
Result<Cid> f3_cid(const RandomFile& file);

}  // namespace strata::chain
