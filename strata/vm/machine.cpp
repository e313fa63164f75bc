#include <strata/vm/machine.hpp>

#include <strata/vm/generation.hpp>

namespace strata::vm {

Error unknown_code(const Cid& code, ActorType type, NetworkVersion version) {
    const std::string name =
        type == ActorType::none ? "not in the state's manifest" : "\"" + std::string(actor_type_name(type)) + "\"";
    const std::string actors = std::to_string(actors_version_of(version));
    return fail(Errc::unsupported, "this node does not have the actor code " + code.to_string() + " (" + name +
                                       "). Network version " + std::to_string(version) + " runs actors of version " +
                                       actors +
                                       ", whose official code is in the bundle builtin-actors-NETWORK.car of v" +
                                       actors + "; native code is here for the actors of versions 17 and 18");
}

}  // namespace strata::vm
