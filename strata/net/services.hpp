#pragma once
// The protocols that every node serves: identify, its push, and ping. They run on the streams of a swarm.
#include <strata/net/swarm.hpp>

namespace strata::net {

/// Makes the swarm answer identify, take pushes and echo pings. `time` limits one exchange of identify.
void support_services(Swarm& swarm, Instant time);

/// Asks a peer who it is; the swarm learns the answer.
std::unique_ptr<StreamHandler> make_identify_reader(Swarm& swarm, Instant time);
/// Tells a peer what changed here.
std::unique_ptr<StreamHandler> make_identify_pusher(Swarm& swarm, Instant time);
/// Pings a peer `count` times, one after the other, on a stream of kPingProtocol; `done` hears of each round trip and
/// of the error that ends them.
std::unique_ptr<StreamHandler> make_ping(Swarm& swarm, unsigned count, std::function<void(Result<Instant>)> done);

}  // namespace strata::net
