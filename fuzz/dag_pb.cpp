#include <strata/crypto/hash.hpp>
#include <strata/ipld/dag_pb.hpp>
#include <strata/ipld/unixfs.hpp>

#include "target.hpp"

// A node that decodes is encoded to a block that decodes to the same; as a file it is read within its limits.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace strata;
    const BytesView input(data, size);
    if (const auto node = decode_dag_pb(input)) {
        const auto block = encode_dag_pb(*node);
        const auto again = decode_dag_pb(block);
        STRATA_CHECK(again.has_value() && encode_dag_pb(*again) == block);
    }
    MemoryBlockstore store;
    const Cid root = Cid::v1(Codec::dag_pb, HashCode::sha2_256, crypto::sha256(input));
    STRATA_CHECK(store.put_block(root, input).has_value());
    std::uint64_t written = 0;
    const auto file = export_file(store, root, [&](BytesView part) -> Status {
        written += part.size();
        return {};
    });
    if (file) STRATA_CHECK(*file == written);
    return 0;
}
