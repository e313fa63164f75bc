#include <strata/retrieval/dag_path.hpp>

#include <algorithm>

#include <strata/ipld/unixfs.hpp>

namespace strata::retrieval {
namespace {

Error missing(const std::string& name, const Cid& below) {
    return fail(Errc::not_found, "there is no '" + name.substr(0, 200) + "' below " + below.to_string());
}

class Resolver {
  public:
    Resolver(Blockstore& store, const Cid& root) : store_(store) { arrive(root); }

    Result<DagPath> run(std::span<const std::string> names) {
        while (!names.empty()) {
            const Cid at = out_.target();
            STRATA_TRY(const Bytes block, verified_block(store_, at));
            STRATA_TRY(const auto used, step(at, block, names));
            names = names.subspan(used);
        }
        return std::move(out_);
    }

  private:
    // Goes to the next block that the path names, and returns how many names lead there.
    Result<std::size_t> step(const Cid& at, BytesView block, std::span<const std::string> names) {
        if (at.codec() == Codec::dag_pb) {
            STRATA_OK(step_by_name(at, block, names.front()));
            return std::size_t{1};
        }
        if (at.codec() != Codec::dag_cbor && at.codec() != Codec::dag_json) return missing(names.front(), at);
        auto found = follow_path(at.codec(), block, names);
        if (!found) return std::move(found.error()).with_context(at.to_string());
        if (!found->link)
            return fail(Errc::unsupported, "the path ends inside the block " + at.to_string() +
                                               ", at a value that is not a link; ask for the block itself");
        arrive(*found->link);
        return found->used;
    }

    Status step_by_name(const Cid& at, BytesView block, const std::string& name) {
        const auto node = decode_unixfs(block);
        if (node && node->type == UnixFsNode::Type::shard) return step_through_shards(at, *node, name);
        if (node && node->type != UnixFsNode::Type::directory) return missing(name, at);
        // A DAG-PB node that is not UnixFS has named links too.
        STRATA_TRY(const auto plain, decode_dag_pb(block));
        const auto link = std::ranges::find(plain.links, std::optional(name), &PbLink::name);
        if (link == plain.links.end()) return missing(name, at);
        arrive(link->hash);
        return {};
    }

    // Each level uses up bits of the name's hash, and find_in_shard() fails when none are left, so the walk ends.
    Status step_through_shards(const Cid& directory, UnixFsNode node, const std::string& name) {
        for (unsigned level = 0;; ++level) {
            STRATA_TRY(const auto next, find_in_shard(node, name, level));
            if (!next) return missing(name, directory);
            if (next->is_entry) {
                arrive(next->hash);
                return {};
            }
            out_.blocks.push_back(next->hash);
            STRATA_TRY(const Bytes block, verified_block(store_, next->hash));
            STRATA_TRY(node, decode_unixfs(block));
        }
    }

    void arrive(const Cid& cid) {
        out_.blocks.push_back(cid);
        out_.roots.push_back(cid);
    }

    Blockstore& store_;
    DagPath out_;
};

}  // namespace

Result<DagPath> resolve_path(Blockstore& blocks, const Cid& root, std::span<const std::string> names) {
    if (names.size() > kMaxPathNames)
        return fail(Errc::too_large, "the path has " + std::to_string(names.size()) + " names, expected at most " +
                                         std::to_string(kMaxPathNames));
    return Resolver(blocks, root).run(names);
}

}  // namespace strata::retrieval
