#include <strata/net/swarm.hpp>

namespace strata::net {

Swarm::Use Swarm::use() const {
    Use out;
    out.all.memory = memory_.used();
    for (const auto& [id, peer] : peers_)
        if (!peer.connections.empty()) out.peers[id].memory = peer.account ? peer.account->used() : 0;
    for (const auto& [id, link] : links_) {
        if (link.connection->is_over()) continue;
        const bool is_out = link.connection->role() == Role::dialer;
        const auto count = [is_out](SwarmUse& use) { ++(is_out ? use.connections_out : use.connections_in); };
        count(out.all);
        if (!link.peer) {
            count(out.pending);
            continue;
        }
        SwarmUse& of_peer = out.peers[*link.peer];
        count(of_peer);
        for (const auto& [number, open] : link.streams) {
            const bool is_in = open.stream->is_inbound();
            for (auto* const use : {&out.all, &of_peer, &out.protocols[open.stream->protocol()]})
                ++(is_in ? use->streams_in : use->streams_out);
        }
    }
    return out;
}

}  // namespace strata::net
