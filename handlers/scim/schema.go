package scim

import "strconv"

// The names of what is sent (RFC 7643 section 8.7, RFC 7644).
const (
	schemaUser     = "urn:ietf:params:scim:schemas:core:2.0:User"
	schemaList     = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	schemaPatch    = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	schemaError    = "urn:ietf:params:scim:api:messages:2.0:Error"
	schemaProvider = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
	schemaType     = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
	schemaSchema   = "urn:ietf:params:scim:schemas:core:2.0:Schema"
)

type object = map[string]any

func status2text(status int) string { return strconv.Itoa(status) }

// providerConfig says what this can do: patching and a simple filter.
func providerConfig() object {
	no := object{"supported": false}
	return object{
		"schemas": []string{schemaProvider}, "patch": object{"supported": true}, "changePassword": no, "sort": no, "etag": no,
		"bulk":   object{"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
		"filter": object{"supported": true, "maxResults": maxPage},
		"authenticationSchemes": []object{{
			"type": "oauthbearertoken", "name": "Bearer token", "description": "The token that praxis scim token makes", "primary": true,
		}},
	}
}

func resourceType(origin string) object {
	return object{
		"schemas": []string{schemaType}, "id": "User", "name": "User", "endpoint": "/Users", "schema": schemaUser,
		"meta": object{"resourceType": "ResourceType", "location": origin + base + "/ResourceTypes/User"},
	}
}

// userSchema lists what is known of a user; of it only active can be changed.
func userSchema() object {
	attribute := func(name, kind, mutability, uniqueness string) object {
		return object{
			"name": name, "type": kind, "multiValued": false, "required": name == "userName", "caseExact": name == "externalId",
			"mutability": mutability, "returned": "default", "uniqueness": uniqueness,
		}
	}
	return object{
		"schemas": []string{schemaSchema}, "id": schemaUser, "name": "User",
		"attributes": []object{
			attribute("userName", "string", "readOnly", "server"), attribute("externalId", "string", "readOnly", "none"),
			attribute("displayName", "string", "readOnly", "none"), attribute("active", "boolean", "readWrite", "none"),
		},
	}
}

func listOf(items ...object) object {
	return object{"schemas": []string{schemaList}, "totalResults": len(items), "startIndex": 1, "itemsPerPage": len(items), "Resources": items}
}
