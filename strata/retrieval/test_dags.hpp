#pragma once
// Makes the DAGs of ipfs/gateway-conformance (fixtures/trustless_gateway_car, fixtures/gateway-raw-block.car) from the
// descriptions in their README and in specs.ipfs.tech/unixfs. The CIDs equal those of the suite, which proves that the
// DAGs are the same.
#include <gtest/gtest.h>

#include <map>

#include <strata/base/protobuf.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/crypto/murmur3.hpp>
#include <strata/ipld/blockstore.hpp>
#include <strata/ipld/car.hpp>
#include <strata/ipld/dag_pb.hpp>
#include <strata/retrieval/dag_car.hpp>

namespace strata::retrieval::testing {

// The text of multiblock.txt: 1,026 bytes.
inline constexpr std::string_view kLorem =
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit. Nunc non imperdiet nunc. Proin ac quam ut "
    "nibh eleifend aliquet. Vestibulum ante ipsum primis in faucibus orci luctus et ultrices posuere "
    "cubilia curae; Sed ligula dolor, imperdiet sagittis arcu et, semper tincidunt urna. Donec et tempor "
    "augue, quis sollicitudin metus. Curabitur semper ullamcorper aliquet. Mauris hendrerit sodales "
    "lectus eget fermentum. Proin sollicitudin vestibulum commodo. Vivamus nec lectus eu augue aliquet "
    "dignissim nec condimentum justo. In hac habitasse platea dictumst. Mauris vel sem neque.\n\nVivamus "
    "finibus, enim at lacinia semper, arcu erat gravida lacus, sit amet gravida magna orci sit amet est. "
    "Sed non leo lacus. Nullam viverra ipsum a tincidunt dapibus. Nulla pulvinar ligula sit amet ante "
    "ultrices tempus. Proin purus urna, semper sed lobortis quis, gravida vitae ipsum. Aliquam mi urna, "
    "pulvinar eu bibendum quis, convallis ac dolor. In gravida justo sed risus ullamcorper, vitae luctus "
    "massa hendrerit. Pellentesque habitant amet.";

// A block and the number of bytes in the DAG that begins with it.
struct Sized {
    Cid cid;
    std::uint64_t size = 0;
};

inline Sized put(Blockstore& store, Codec codec, BytesView block, std::uint64_t below = 0) {
    const Cid cid = Cid::v1(codec, HashCode::sha2_256, crypto::sha256(block));
    EXPECT_TRUE(store.put_block(cid, block));
    return {cid, block.size() + below};
}
inline Sized put_text(Blockstore& store, std::string_view text) {
    return put(store, Codec::raw, as_bytes(text));
}
inline Sized put_node(Blockstore& store, Bytes data, const std::vector<std::pair<std::string, Sized>>& links) {
    PbNode node{.data = std::move(data), .links = {}};
    std::uint64_t below = 0;
    for (const auto& [name, child] : links) {
        node.links.push_back({child.cid, name, child.size});
        below += child.size;
    }
    return put(store, Codec::dag_pb, encode_dag_pb(node), below);
}
inline Sized put_directory(Blockstore& store, const std::vector<std::pair<std::string, Sized>>& links) {
    return put_node(store, {0x08, 0x01}, links);
}

/// multiblock.txt: four leaves of 256 bytes and one of 2.
inline Sized put_multiblock(Blockstore& store, std::vector<Cid>* leaves = nullptr) {
    std::vector<std::pair<std::string, Sized>> links;
    Bytes data;
    protobuf::put_number(data, 1, 2);
    protobuf::put_number(data, 3, kLorem.size());
    for (std::size_t at = 0; at < kLorem.size(); at += 256) {
        const auto part = kLorem.substr(at, 256);
        links.emplace_back("", put_text(store, part));
        protobuf::put_number(data, 4, part.size());
        if (leaves != nullptr) leaves->push_back(links.back().second.cid);
    }
    return put_node(store, std::move(data), links);
}

/// A sharded directory of fanout 256.
class ShardedDirectory {
  public:
    void add(const std::string& name, const Sized& target) { entries_.emplace_back(name, target); }
    Sized put(Blockstore& store) const { return put_shard(store, entries_, 0); }

  private:
    using Entry = std::pair<std::string, Sized>;
    static Sized put_shard(Blockstore& store, const std::vector<Entry>& entries, unsigned level) {
        std::map<unsigned, std::vector<Entry>> buckets;
        for (const auto& entry : entries)
            buckets[crypto::murmur3_x64_64(as_bytes(entry.first)) >> (56 - 8 * level) & 0xff].push_back(entry);
        Bytes bits(32);
        std::vector<Entry> links;
        for (const auto& [bucket, inside] : buckets) {
            bits[31 - bucket / 8] = static_cast<std::uint8_t>(bits[31 - bucket / 8] | 1U << bucket % 8);
            constexpr std::string_view kDigits = "0123456789ABCDEF";
            const std::string prefix{kDigits[bucket / 16], kDigits[bucket % 16]};
            if (inside.size() == 1) {
                links.emplace_back(prefix + inside[0].first, inside[0].second);
            } else {
                links.emplace_back(prefix, put_shard(store, inside, level + 1));
            }
        }
        while (!bits.empty() && bits.front() == 0) bits.erase(bits.begin());
        Bytes data;
        protobuf::put_number(data, 1, 5);
        protobuf::put_body(data, 2, bits);
        protobuf::put_number(data, 5, 0x22);
        protobuf::put_number(data, 6, 256);
        return put_node(store, std::move(data), links);
    }
    std::vector<Entry> entries_;
};

inline Sized put_hello_car(Blockstore& store) {
    return put_text(store, "hello application/vnd.ipld.car\n");
}
inline Sized put_hello_world(Blockstore& store) {
    return put_text(store, "hello world\n");
}

/// single-layer-hamt-with-multi-block-files.car: 1.txt to 1000.txt, each with the content of multiblock.txt.
inline Cid put_hamt(Blockstore& store) {
    const auto file = put_multiblock(store);
    ShardedDirectory directory;
    for (int i = 1; i <= 1000; ++i) directory.add(std::to_string(i) + ".txt", file);
    return directory.put(store).cid;
}
/// dir-with-dag-cbor-with-links.car: document is {"cats": false, "files": {"single": …, "multiblock": …}, "monkeys":
/// true}.
inline Cid put_cbor_directory(Blockstore& store) {
    CborWriter w;
    w.map(3);
    w.text("cats");
    w.boolean(false);
    w.text("files");
    w.map(2);
    w.text("single");
    w.link(put_hello_world(store).cid);
    w.text("multiblock");
    w.link(put_multiblock(store).cid);
    w.text("monkeys");
    w.boolean(true);
    const auto document = put(store, Codec::dag_cbor, w.view());
    return put_directory(store, {{"document", document}}).cid;
}
/// subdir-with-mixed-block-files.car.
inline Cid put_mixed(Blockstore& store) {
    const auto inner = put_directory(store, {{"ascii.txt", put_hello_car(store)},
                                             {"hello.txt", put_hello_world(store)},
                                             {"multiblock.txt", put_multiblock(store)}});
    return put_directory(store, {{"subdir", inner}}).cid;
}
/// dir-with-duplicate-files.car.
inline Cid put_duplicates(Blockstore& store) {
    const auto ascii = put_hello_car(store);
    return put_directory(store, {{"ascii-copy.txt", ascii},
                                 {"ascii.txt", ascii},
                                 {"hello.txt", put_hello_world(store)},
                                 {"multiblock.txt", put_multiblock(store)}})
        .cid;
}

/// Returns the CIDs of a CAR's blocks, in order.
inline Result<std::vector<Cid>> blocks_of(BytesView car) {
    std::vector<Cid> out;
    STRATA_OK(read_car(car, [&](const Cid& cid, BytesView) -> Status {
        out.push_back(cid);
        return {};
    }));
    return out;
}
inline Result<std::vector<Cid>> read_all(DagCar dag) {
    Bytes car;
    Bytes part(777);
    for (;;) {
        STRATA_TRY(const auto got, dag.read(part));
        if (got == 0) return blocks_of(car);
        append(car, BytesView(part).first(got));
    }
}

}  // namespace strata::retrieval::testing
